import type { ReactNode } from "react";
import { Button, css } from "../../kit/kit";
import { RecoveryKey, useShowingBack } from "../RecoveryKey";
import start from "../start.module.css";
import { Frame } from "./Frame";

export function RecoveryStep({
  steps,
  recoveryKey,
  onDone,
}: {
  steps: ReactNode;
  recoveryKey: string[];
  onDone: () => void;
}) {
  const back = useShowingBack(onDone);
  return (
    <Frame
      steps={steps}
      foot={
        <span className={css.push}>
          <Button kind="primary" busy={back.busy} isDisabled={!back.complete} onPress={back.submit}>
            Continue
          </Button>
        </span>
      }
    >
      <h1>Write down the recovery key</h1>
      <p className={start.lead}>
        It is the only way in if the passphrase, this computer or its key store is lost. It is shown this once, and
        nobody can make it again for you.
      </p>
      <RecoveryKey recoveryKey={recoveryKey} back={back} />
    </Frame>
  );
}
