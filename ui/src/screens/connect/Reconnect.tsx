import { useState } from "react";
import type { Integration } from "../../ipc/generated/Integration";
import { AFTER_COLLECTING, useCommand } from "../../ipc/hooks";
import { fieldsFor, isSecret, type Manifest } from "../../ipc/manifest";
import { Button, classes, css, Dialog, ErrorNote } from "../../kit/kit";
import { plainText } from "../../kit/Text";
import { Attend, useAttended } from "./Attend";
import { complain } from "./complain";
import { ManifestField } from "./SignInStep";

/** Signs in anew with a saved connection: as a person, or with another secret. The evidence and the label stay. */
export function Reconnect({
  integration,
  manifest,
  onClose,
  onDone,
}: {
  integration: Integration;
  manifest: Manifest;
  onClose: () => void;
  onDone: () => void;
}) {
  const attended = useAttended();
  const reconnect = useCommand("reconnect_integration", AFTER_COLLECTING, attended.hear);
  const cancel = useCommand("cancel_sign_in");
  const [values, setValues] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const auth = integration.config.auth ?? "";
  const method = manifest.auth.find((one) => one.id === auth);
  const secrets = fieldsFor(manifest, auth, integration.cloud).filter(isSecret);
  const wrong = (name: string) => {
    const field = secrets.find((one) => one.name === name);
    const refused = reconnect.error?.field === name ? reconnect.error.why : null;
    return (tried && field ? complain(field, values[name] ?? "") : null) ?? refused;
  };

  const leave = () => {
    if (method?.interactive) cancel.mutate({});
    onClose();
  };
  const run = () => {
    setTried(true);
    if (secrets.some((field) => complain(field, values[field.name] ?? ""))) return;
    attended.reset();
    reconnect.mutate({ id: integration.id, credentials: values }, { onSuccess: onDone });
  };
  const gaveUp = reconnect.error?.class === "cancelled";

  return (
    <Dialog
      small
      title={`Sign in again: ${plainText(integration.label, 60)}`}
      onClose={leave}
      foot={
        <>
          <Button onPress={leave}>{reconnect.isPending ? "Give up" : "Leave it as it is"}</Button>
          <span className={css.push}>
            <Button kind="primary" icon="key" busy={reconnect.isPending} onPress={run}>
              {method?.interactive ? "Sign in" : "Save"}
            </Button>
          </span>
        </>
      }
    >
      <div className={classes(css.dialogBody, css.stack)}>
        {reconnect.isPending && method?.interactive ? (
          <Attend service={manifest.name} attended={attended} />
        ) : (
          <>
            <p>
              The same tenant or account has to answer: {plainText(integration.identityName, 80)}. Evidence, decisions
              and the label stay.
            </p>
            {secrets.map((field) => (
              <ManifestField
                key={field.name}
                field={field}
                value={values[field.name] ?? ""}
                error={wrong(field.name)}
                onChange={(value) => setValues({ ...values, [field.name]: value })}
              />
            ))}
          </>
        )}
        {reconnect.error && !gaveUp && <ErrorNote error={reconnect.error} />}
      </div>
    </Dialog>
  );
}
