import { useEffect, useState } from "react";
import type { Closing as Answer } from "../ipc/generated/Closing";
import { useCommand, useTransport } from "../ipc/hooks";
import { Button, css, Dialog, ErrorNote } from "../kit/kit";

/** Says, the first time a window is closed where there is a tray, what closing means; and does what is meant. */
export function Closing() {
  const transport = useTransport();
  const [asked, setAsked] = useState(false);
  const close = useCommand("answer_closing");
  useEffect(() => transport.onClosing(() => setAsked(true)), [transport]);
  if (!asked) return null;

  const answer = (meant: Answer) => close.mutate({ answer: meant }, { onSuccess: () => setAsked(false) });
  return (
    <Dialog
      title="CMMCPro keeps collecting from the tray"
      small
      onClose={() => answer("stay")}
      foot={
        <>
          <Button isDisabled={close.isPending} onPress={() => answer("stay")}>
            Cancel
          </Button>
          <span className={css.push} />
          <Button isDisabled={close.isPending} onPress={() => answer("quit")}>
            Quit instead
          </Button>
          <Button kind="primary" isDisabled={close.isPending} onPress={() => answer("keep_running")}>
            Keep running
          </Button>
        </>
      }
    >
      <div className={css.dialogBody}>
        <p>
          When this window is closed, CMMCPro stays in the system tray. The daily sync goes on, and an open vault stays
          open.
        </p>
        <p className={css.muted}>
          The menu of its icon opens the window again, locks the vault and quits. This is said once.
        </p>
        {close.error && <ErrorNote error={close.error} />}
      </div>
    </Dialog>
  );
}
