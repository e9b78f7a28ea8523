import { useState } from "react";
import { useClock } from "../app/session";
import type { AppState } from "../ipc/generated/AppState";
import type { UnlockWith } from "../ipc/generated/UnlockWith";
import type { VaultEntry } from "../ipc/generated/VaultEntry";
import { useCommand } from "../ipc/hooks";
import { Field, Select } from "../kit/fields";
import { Button, css, ErrorNote } from "../kit/kit";
import { Frame } from "./start/Frame";
import { KeyStoreNote } from "./start/KeyStoreNote";
import start from "./start.module.css";

const HOW: Record<VaultEntry["protection"], string> = {
  standard: "opens with the key store",
  passphrase: "opens with a passphrase",
  two_secret: "opens with a passphrase and the key store",
};

export function Locked({ app, onOpened, onSetUp }: { app: AppState; onOpened: () => void; onSetUp: () => void }) {
  const [id, setId] = useState(app.vaults.find((vault) => !vault.problem)?.companyId ?? app.vaults[0]?.companyId ?? "");
  const [recovering, setRecovering] = useState(false);
  const [secret, setSecret] = useState("");
  const [missing, setMissing] = useState(false);
  const unlock = useCommand("unlock");
  const clock = useClock();
  const vault = app.vaults.find((one) => one.companyId === id);
  const silent = vault?.protection === "standard" && !recovering;

  const submit = () => {
    if (!vault) return;
    if (!silent && secret.trim() === "") {
      setMissing(true);
      return;
    }
    setMissing(false);
    const how: UnlockWith = recovering
      ? { kind: "recovery", key: secret.trim() }
      : silent
        ? { kind: "key_store" }
        : { kind: "passphrase", passphrase: secret };
    unlock.mutate(
      { companyId: vault.companyId, with: how },
      {
        onSuccess: () => {
          setSecret("");
          onOpened();
        },
      },
    );
  };

  const label = recovering ? "Recovery key" : "Passphrase";
  return (
    <Frame>
      <h1>Vault locked</h1>
      <p className={start.lead}>Nothing of a company can be read here until its vault is open.</p>
      {app.vaults.length > 1 && (
        <Select
          label="Vault"
          value={id}
          onChange={(value) => {
            setId(value);
            setSecret("");
            setRecovering(false);
            setMissing(false);
            unlock.reset();
          }}
          options={app.vaults.map((one) => ({
            value: one.companyId,
            label: `${one.companyId.slice(0, 8)}, changed ${clock.inSentence(one.changedAt)}, ${HOW[one.protection]}`,
          }))}
          hint="Names are sealed inside the vaults, so they show only after opening."
        />
      )}
      {vault?.problem && <ErrorNote error={vault.problem} />}
      {vault && !vault.problem && (
        <form
          className={css.stack}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          {silent && app.keyStore !== "available" && <KeyStoreNote state={app.keyStore} />}
          {!silent && (
            <Field
              label={label}
              kind={recovering ? "text" : "password"}
              mono={recovering}
              value={secret}
              onChange={setSecret}
              autoFocus
              autoComplete={recovering ? "off" : "current-password"}
              error={missing ? `Type the ${label.toLowerCase()}.` : unlock.error?.field ? unlock.error.why : null}
              hint={
                recovering
                  ? "Eight groups. Spaces, hyphens and small letters do not matter."
                  : "Pasting from a password manager is fine."
              }
            />
          )}
          {unlock.error && <ErrorNote error={unlock.error} />}
          <div className={css.row}>
            <Button kind="primary" type="submit" icon="unlock" busy={unlock.isPending}>
              {silent ? "Open with the key store" : "Unlock"}
            </Button>
            <Button
              kind="ghost"
              onPress={() => {
                setRecovering(!recovering);
                setSecret("");
                setMissing(false);
                unlock.reset();
              }}
            >
              {recovering
                ? vault.protection === "standard"
                  ? "Use the key store"
                  : "Use the passphrase"
                : "Use the recovery key"}
            </Button>
          </div>
        </form>
      )}
      <p>
        <Button kind="ghost" icon="building" onPress={onSetUp}>
          Set up another company
        </Button>
      </p>
    </Frame>
  );
}
