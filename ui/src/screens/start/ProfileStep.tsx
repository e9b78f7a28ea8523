import { type ReactNode, useState } from "react";
import type { Company } from "../../ipc/generated/Company";
import { useCommand } from "../../ipc/hooks";
import { Field } from "../../kit/fields";
import { Button, css, ErrorNote } from "../../kit/kit";
import start from "../start.module.css";
import { Frame } from "./Frame";

export function ProfileStep({ steps, created, onDone }: { steps: ReactNode; created: Company; onDone: () => void }) {
  const [cage, setCage] = useState("");
  const [uei, setUei] = useState("");
  const [scope, setScope] = useState("");
  const update = useCommand("update_profile");
  const empty = (text: string) => text.trim() || null;
  return (
    <Frame
      steps={steps}
      foot={
        <>
          <Button kind="ghost" onPress={onDone}>
            Skip for now
          </Button>
          <span className={css.push}>
            <Button
              kind="primary"
              busy={update.isPending}
              onPress={() =>
                update.mutate(
                  { profile: { ...created.profile, cageCode: empty(cage), uei: empty(uei), scope: empty(scope) } },
                  { onSuccess: onDone },
                )
              }
            >
              Open the company
            </Button>
          </span>
        </>
      }
    >
      <h1>A few facts for the reports</h1>
      <p className={start.lead}>You can leave these empty and fill them in under Settings.</p>
      <div className={start.two}>
        <Field
          label="CAGE code"
          value={cage}
          onChange={setCage}
          autoFocus
          hint="Five characters, from SAM.gov."
          error={update.error?.field === "cageCode" ? update.error.why : null}
        />
        <Field
          label="Unique Entity Identifier"
          value={uei}
          onChange={setUei}
          hint="Twelve characters, from SAM.gov."
          error={update.error?.field === "uei" ? update.error.why : null}
        />
      </div>
      <Field
        label="What is assessed"
        kind="multiline"
        value={scope}
        onChange={setScope}
        hint="The system in a sentence: which places, networks and services handle the information."
      />
      {update.error && <ErrorNote error={update.error} />}
    </Frame>
  );
}
