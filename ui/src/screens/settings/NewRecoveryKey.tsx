import { useEffect, useRef, useState } from "react";
import { useToast } from "../../app/toast";
import type { Protection } from "../../ipc/generated/Protection";
import { useCommand } from "../../ipc/hooks";
import { Field } from "../../kit/fields";
import { Button, classes, css, Dialog, ErrorNote } from "../../kit/kit";
import { RecoveryKey, type ShowingBack, useShowingBack } from "../RecoveryKey";
import start from "../start.module.css";

/** Makes a new recovery key: the vault is opened once more, then the key is shown, and shown back. */
export function NewRecoveryKey({ protection, onClose }: { protection: Protection; onClose: () => void }) {
  const silent = protection === "standard";
  const [passphrase, setPassphrase] = useState("");
  const [missing, setMissing] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const tell = useToast();
  const renew = useCommand("renew_recovery_key");
  const back = useShowingBack(() => {
    onClose();
    tell("The new recovery key is confirmed. The one before it no longer works.");
  });

  const make = () => {
    const empty = !silent && passphrase === "";
    setMissing(empty);
    if (empty || renew.isPending) return;
    renew.mutate(
      { with: silent ? { kind: "key_store" } : { kind: "passphrase", passphrase } },
      { onSuccess: () => setPassphrase("") },
    );
  };

  if (!renew.data) {
    return (
      <Dialog
        title="Make a new recovery key"
        // A key that is being made takes the place of the old one: it has to be seen.
        onClose={() => !renew.isPending && onClose()}
        foot={
          <>
            <Button isDisabled={renew.isPending} onPress={onClose}>
              Cancel
            </Button>
            <span className={css.push}>
              <Button kind="primary" icon="key" busy={renew.isPending} onPress={make}>
                Make the key
              </Button>
            </span>
          </>
        }
      >
        <form
          className={classes(css.dialogBody, css.stack)}
          onSubmit={(event) => {
            event.preventDefault();
            make();
          }}
        >
          <p>
            The recovery key that was made before stops working at once. Have paper or a password manager at hand: the
            new one is shown once.
          </p>
          {silent ? (
            <p className={css.muted}>The vault is opened once more with this computer's key store first.</p>
          ) : (
            <Field
              label="Passphrase"
              kind="password"
              value={passphrase}
              onChange={setPassphrase}
              required
              autoFocus
              autoComplete="current-password"
              error={missing ? "Type the passphrase." : renew.error?.field ? renew.error.why : null}
              hint="The one that this vault opens with. An unlocked window alone is not enough."
            />
          )}
          {renew.error && <ErrorNote error={renew.error} />}
        </form>
      </Dialog>
    );
  }

  return (
    <Dialog
      title="Write down the new recovery key"
      onClose={() => setLeaving(true)}
      foot={
        leaving ? (
          <>
            <span className={css.grow} role="alert">
              Nobody showed that this key was kept. It is not shown again, and the one before it no longer works.
            </span>
            <Button onPress={() => setLeaving(false)}>Stay</Button>
            <Button kind="danger" onPress={onClose}>
              Close anyway
            </Button>
          </>
        ) : (
          <span className={css.push}>
            <Button kind="primary" busy={back.busy} isDisabled={!back.complete} onPress={back.submit}>
              Confirm
            </Button>
          </span>
        )
      }
    >
      <Shown recoveryKey={renew.data.recoveryKey} back={back} />
    </Dialog>
  );
}

function Shown({ recoveryKey, back }: { recoveryKey: string[]; back: ShowingBack }) {
  // What had the focus went away with the question before.
  const body = useRef<HTMLElement>(null);
  useEffect(() => body.current?.focus(), []);
  return (
    <section
      ref={body}
      className={classes(css.dialogBody, css.stack)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
      tabIndex={0}
      aria-label="New recovery key"
    >
      <p className={start.lead}>
        It is the only way in if the passphrase, this computer or its key store is lost. The key before it no longer
        works.
      </p>
      <RecoveryKey recoveryKey={recoveryKey} back={back} />
    </section>
  );
}
