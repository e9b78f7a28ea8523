import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Progress } from "./generated/Progress";
import { type Answer, asApiError, type CommandName, type Request, type Transport } from "./transport";

/** Hears an event of the host until the answer is called. */
function hear(event: "changed" | "closing", tell: () => void): () => void {
  const listening = listen(event, tell);
  listening.catch(() => {});
  return () => void listening.then((stop) => stop()).catch(() => {});
}

/** The desktop host: one command, `command`, carries every row of the table. */
export const tauri: Transport = {
  async call<C extends CommandName>(name: C, request: Request<C>, onProgress?: (progress: Progress) => void) {
    const progress = new Channel<Progress>();
    if (onProgress) progress.onmessage = onProgress;
    try {
      return await invoke<Answer<C>>("command", { name, request, progress });
    } catch (thrown) {
      throw asApiError(thrown);
    }
  },
  // Without the event the screens are only older than they could be: they still read anew on every visit.
  onChanged: (tell) => hear("changed", tell),
  // Without it the host does not get its answer, and closing a second time closes.
  onClosing: (tell) => hear("closing", tell),
};
