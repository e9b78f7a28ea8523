import { type ReactNode, useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import type { AppState } from "../../ipc/generated/AppState";
import type { CompanyCreated } from "../../ipc/generated/CompanyCreated";
import type { Protection } from "../../ipc/generated/Protection";
import { useCommand } from "../../ipc/hooks";
import { Field } from "../../kit/fields";
import { Button, Callout, Chip, classes, css, ErrorNote } from "../../kit/kit";
import start from "../start.module.css";
import type { CompanyDraft } from "./CompanyStep";
import { Frame } from "./Frame";
import { KeyStoreNote } from "./KeyStoreNote";

/** Characters that a passphrase needs at least. */
export const SHORTEST_PASSPHRASE = 12;

const MODES: { value: Protection; title: string; text: string }[] = [
  {
    value: "standard",
    title: "With this computer's key store",
    text: "The system keeps the key and gives it out while you are signed in. Nothing to type.",
  },
  {
    value: "two_secret",
    title: "With a passphrase and the key store",
    text: "Both are needed. Choose this on a computer that several people use.",
  },
  {
    value: "passphrase",
    title: "With a passphrase only",
    text: "Works on any computer the vault is copied to, and without a key store.",
  },
];

export function VaultStep({
  steps,
  keyStore,
  draft,
  protection,
  onProtection,
  onBack,
  onCreated,
}: {
  steps: ReactNode;
  keyStore: AppState["keyStore"];
  draft: CompanyDraft;
  protection: Protection;
  onProtection: (protection: Protection) => void;
  onBack: () => void;
  onCreated: (created: CompanyCreated) => void;
}) {
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const create = useCommand("create_company");
  const noStore = lacksKeyStore(keyStore);
  const needsPassphrase = protection !== "standard";
  const short =
    tried && needsPassphrase && [...passphrase].length < SHORTEST_PASSPHRASE
      ? `At least ${SHORTEST_PASSPHRASE} characters. A few unrelated words work well.`
      : null;
  const differs = tried && needsPassphrase && again !== passphrase ? "The two are not the same." : null;
  const submit = () => {
    setTried(true);
    if (needsPassphrase && ([...passphrase].length < SHORTEST_PASSPHRASE || again !== passphrase)) return;
    create.mutate(
      {
        name: draft.name.trim(),
        level: Number(draft.level),
        zone: draft.zone.trim() || null,
        protection,
        passphrase: needsPassphrase ? passphrase : null,
      },
      {
        onSuccess: onCreated,
      },
    );
  };
  const ofField = (field: string) => (create.error?.field === field ? create.error.why : null);
  return (
    <Frame
      steps={steps}
      foot={
        <>
          <Button isDisabled={create.isPending} onPress={onBack}>
            Back
          </Button>
          <span className={css.push}>
            <Button kind="primary" busy={create.isPending} onPress={submit}>
              Create vault
            </Button>
          </span>
        </>
      }
    >
      <h1>How should the vault open?</h1>
      <p className={start.lead}>The vault is one encrypted file with your evidence and your connections' secrets.</p>
      {keyStore !== "available" && <KeyStoreNote state={keyStore} />}
      <RadioGroup
        value={protection}
        onChange={(value) => onProtection(value as Protection)}
        className={start.choices ?? ""}
        aria-label="Protection of the vault"
      >
        {MODES.map((mode) => (
          <Radio
            key={mode.value}
            value={mode.value}
            className={css.choice ?? ""}
            isDisabled={noStore && mode.value !== "passphrase"}
          >
            <span className={css.dot} aria-hidden="true" />
            <span>
              <strong className={css.medium}>{mode.title}</strong>
              {mode.value === "standard" && keyStore === "available" && (
                <>
                  {" "}
                  <Chip tone="out">Recommended</Chip>
                </>
              )}
              <br />
              <span className={classes(css.small, css.muted)}>{mode.text}</span>
            </span>
          </Radio>
        ))}
      </RadioGroup>
      {needsPassphrase && (
        <div className={start.two}>
          <Field
            label="Passphrase"
            kind="password"
            value={passphrase}
            onChange={setPassphrase}
            required
            error={short ?? ofField("passphrase")}
            autoComplete="new-password"
            hint={`At least ${SHORTEST_PASSPHRASE} characters. Pasting from a password manager is fine.`}
          />
          <Field
            label="Passphrase again"
            kind="password"
            value={again}
            onChange={setAgain}
            required
            error={differs}
            autoComplete="new-password"
          />
        </div>
      )}
      {create.error && <ErrorNote error={create.error} />}
      <Comparison chosen={protection} />
      <Callout>
        <strong>What none of them can do:</strong> while the vault is open, other software that runs as you, and an
        administrator of this computer, can see what you see.
      </Callout>
    </Frame>
  );
}

/** Whether a passphrase is the only way here. */
export const lacksKeyStore = (state: AppState["keyStore"]) => state === "absent" || state === "not_answering";

const ROWS: [string, string, string, string][] = [
  ["A lost or stolen computer", "Protected", "Protected", "Protected"],
  ["A copied vault file", "Protected", "Protected", "As strong as the passphrase"],
  ["Somebody else who uses your session", "Not protected", "Protected while locked", "Protected while locked"],
  ["Daily sync without you", "Yes", "Only while unlocked", "Only while unlocked"],
  ["Asks at each start", "No", "Yes", "Yes"],
];

function Comparison({ chosen }: { chosen: Protection }) {
  const order: Protection[] = ["standard", "two_secret", "passphrase"];
  const mark = (at: number) => (order[at] === chosen ? start.chosen : undefined);
  return (
    <div className={start.compare}>
      <table>
        <caption className={css.visuallyHidden}>What each choice means</caption>
        <thead>
          <tr>
            <th scope="col">What it means</th>
            {["Key store", "Both", "Passphrase"].map((title, at) => (
              <th key={title} scope="col" className={mark(at)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([title, ...cells]) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              {cells.map((cell, at) => (
                <td key={order[at]} className={mark(at)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
