import { Channel, invoke } from "@tauri-apps/api/core";
import type { Progress } from "./generated/Progress";
import { type Answer, asApiError, type CommandName, type Request, type Transport } from "./transport";

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
};
