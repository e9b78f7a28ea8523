import type { AppState } from "../../ipc/generated/AppState";
import { Callout } from "../../kit/kit";

/** What a key store that can't be used means for the choice. */
export function KeyStoreNote({ state }: { state: AppState["keyStore"] }) {
  const words = {
    available: "",
    locked: "This computer's key store is locked. Unlock it to use it here, or take a passphrase.",
    absent: "This computer has no key store, so a passphrase is the only way. Nothing is ever kept unencrypted.",
    not_answering: "This computer's key store does not answer. A passphrase works without it.",
  }[state];
  return words ? (
    <Callout tone="warn" icon="key">
      {words}
    </Callout>
  ) : null;
}
