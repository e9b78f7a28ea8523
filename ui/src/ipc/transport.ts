import type { ApiError } from "./generated/ApiError";
import type { Commands } from "./generated/commands";
import type { Progress } from "./generated/Progress";

export type CommandName = keyof Commands;
export type Request<C extends CommandName> = Commands[C]["request"];
export type Answer<C extends CommandName> = Commands[C]["answer"];

/** The one door to the host. Refusals arrive as `ApiError` objects. */
export interface Transport {
  call<C extends CommandName>(
    command: C,
    request: Request<C>,
    onProgress?: (progress: Progress) => void,
  ): Promise<Answer<C>>;
  /** Calls back whenever the host changed something by itself, e.g. by a scheduled run, until the answer is called. */
  onChanged(tell: () => void): () => void;
  /** Calls back when the window is being closed and the host wants to know what is meant by it, until the answer is called. */
  onClosing(tell: () => void): () => void;
}

const isText = (value: unknown): value is string => typeof value === "string";

/** Whatever was thrown, as an error that a person can read. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown !== null && typeof thrown === "object") {
    const given = thrown as Partial<Record<keyof ApiError, unknown>>;
    if (isText(given.code) && isText(given.what) && isText(given.why) && isText(given.fix)) {
      return {
        code: given.code,
        class: isText(given.class) ? given.class : "our_bug",
        what: given.what,
        why: given.why,
        fix: given.fix,
        detail: isText(given.detail) ? given.detail : null,
        field: isText(given.field) ? given.field : null,
      };
    }
  }
  return {
    code: "window_failure",
    class: "our_bug",
    what: "The window could not finish this.",
    why: "Something in the app itself went wrong. Nothing that was already stored is affected.",
    fix: "Try again. If it happens again, quit the app and start it once more.",
    detail: thrown instanceof Error ? thrown.message : isText(thrown) ? thrown : null,
    field: null,
  };
}
