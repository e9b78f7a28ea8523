import { useEffect, useRef, useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import type { AppState } from "../ipc/generated/AppState";
import type { Protection } from "../ipc/generated/Protection";
import { useCommand } from "../ipc/hooks";
import { Icon, Logo } from "../kit/Icon";
import { Button, Callout, Chip, CopyButton, classes, css, ErrorNote, Field, Steps } from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import start from "./start.module.css";

const STEPS = ["Company", "Vault", "Recovery key", "Profile"];

/** Characters that a passphrase needs at least. */
export const SHORTEST_PASSPHRASE = 12;

type Step = "welcome" | "company" | "vault" | "recovery" | "profile";

export function Frame({
  steps,
  foot,
  children,
}: {
  steps?: React.ReactNode;
  foot?: React.ReactNode;
  children: React.ReactNode;
}) {
  // Each step is a page of its own: who reads by ear or moves by keys goes on from its top.
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) main.current?.focus();
  }, []);
  return (
    <div className={start.frame}>
      <header className={start.left}>
        <div className={start.brand}>
          <Logo />
          CMMCPro
        </div>
        <p className={start.motto}>Connect once, evidence from then on.</p>
        {steps}
        <p className={start.promise}>
          <Icon name="laptop" size={14} />
          <span>Everything stays on this computer: no account, no cloud copy, nothing sent to us.</span>
        </p>
      </header>
      <main className={start.right} ref={main} tabIndex={-1}>
        <div className={start.body}>{children}</div>
        {foot && <div className={start.foot}>{foot}</div>}
      </main>
    </div>
  );
}

export function FirstRun({
  app,
  onStart,
  onDone,
  onBack,
}: {
  app: AppState;
  onStart: () => void;
  onDone: () => void;
  onBack?: (() => void) | undefined;
}) {
  const [step, setStep] = useState<Step>("welcome");
  const [name, setName] = useState("");
  const [level, setLevel] = useState("2");
  const [zone, setZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone || "America/New_York");
  const noStore = app.keyStore === "absent" || app.keyStore === "not_answering";
  const [protection, setProtection] = useState<Protection>(noStore ? "passphrase" : "standard");
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const create = useCommand("create_company");
  const demo = useCommand("create_demo");
  const created = create.data;
  const at = ["company", "vault", "recovery", "profile"].indexOf(step);

  if (step === "welcome") {
    return (
      <Frame
        key="welcome"
        steps={<Steps steps={STEPS} now={-1} />}
        foot={
          <>
            {onBack && <Button onPress={onBack}>Back</Button>}
            <span className={classes(css.small, css.faint)}>
              Vaults are kept in <Text value={app.dataDir} clamp={200} />
            </span>
            <span className={classes(css.small, css.faint, css.push)}>Version {plainText(app.version, 20)}</span>
          </>
        }
      >
        <h1>Evidence for CMMC from the services you already run</h1>
        <p className={start.lead}>
          Connect the services your company uses. Their settings become dated evidence under the requirements they
          support, and stay current every day.
        </p>
        <ul className={start.choices}>
          <li>
            <Choice
              icon="building"
              title="Set up my company"
              text="A new vault. About ten minutes to the first evidence."
              onPress={() => {
                onStart();
                setStep("company");
              }}
            />
          </li>
          <li>
            <Choice
              icon="play"
              title={demo.isPending ? "Making the demo company…" : "Look at a demo company"}
              text="Made-up people and services, in a vault of its own."
              onPress={() => demo.mutate({}, { onSuccess: onDone })}
            />
          </li>
          {onBack && (
            <li>
              <Choice
                icon="folder"
                title="Open a vault of this computer"
                text="One that was made here before."
                onPress={onBack}
              />
            </li>
          )}
        </ul>
        {demo.error && <ErrorNote error={demo.error} />}
        <div className={start.compare}>
          <table>
            <caption className={css.visuallyHidden}>What happens, and who does it</caption>
            <thead>
              <tr>
                <th scope="col">What happens</th>
                <th scope="col">How</th>
              </tr>
            </thead>
            <tbody>
              {PROMISES.map(([what, how]) => (
                <tr key={what}>
                  <th scope="row">{what}</th>
                  <td>{how}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <Callout>
          <strong>What it does not do:</strong> it does not say that you comply. Checks suggest; a person decides each
          objective, by name, and only that counts.
        </Callout>
      </Frame>
    );
  }

  const steps = <Steps steps={STEPS} now={at} />;

  if (step === "company") {
    const missing = tried && name.trim() === "" ? "Write the name of the company." : null;
    return (
      <Frame
        key="company"
        steps={steps}
        foot={
          <>
            <Button onPress={() => setStep("welcome")}>Back</Button>
            <span className={css.push}>
              <Button
                kind="primary"
                onPress={() => {
                  setTried(true);
                  if (name.trim()) {
                    setTried(false);
                    setStep("vault");
                  }
                }}
              >
                Continue
              </Button>
            </span>
          </>
        }
      >
        <h1>Which company is this?</h1>
        <p className={start.lead}>
          One company has one vault. Its name is sealed inside and shows only while the vault is open.
        </p>
        <Field
          label="Company name"
          value={name}
          onChange={setName}
          required
          error={missing}
          autoFocus
          autoComplete="organization"
        />
        <RadioGroup value={level} onChange={setLevel} className={start.choices ?? ""} aria-label="CMMC level">
          <Radio value="2" className={css.choice ?? ""}>
            <span className={css.dot} aria-hidden="true" />
            <span>
              <strong className={css.medium}>Level 2</strong>
              <br />
              <span className={classes(css.small, css.muted)}>
                You handle CUI, such as marked drawings. 110 requirements, 320 objectives, and a score.
              </span>
            </span>
          </Radio>
          <Radio value="1" className={css.choice ?? ""}>
            <span className={css.dot} aria-hidden="true" />
            <span>
              <strong className={css.medium}>Level 1</strong>
              <br />
              <span className={classes(css.small, css.muted)}>
                You handle contract information (FCI) only. 15 requirements, checked every year, no score.
              </span>
            </span>
          </Radio>
        </RadioGroup>
        <Field
          label="Time zone"
          value={zone}
          onChange={setZone}
          hint="An IANA name such as America/Chicago. The daily sync and local times in evidence follow it."
        />
      </Frame>
    );
  }

  if (step === "vault") {
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
          name: name.trim(),
          level: Number(level),
          zone: zone.trim() || null,
          protection,
          passphrase: needsPassphrase ? passphrase : null,
        },
        {
          onSuccess: () => {
            setPassphrase("");
            setAgain("");
            setStep("recovery");
          },
        },
      );
    };
    const ofField = (field: string) => (create.error?.field === field ? create.error.why : null);
    return (
      <Frame
        key="vault"
        steps={steps}
        foot={
          <>
            <Button onPress={() => setStep("company")}>Back</Button>
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
        {app.keyStore !== "available" && <KeyStoreNote state={app.keyStore} />}
        <RadioGroup
          value={protection}
          onChange={(value) => setProtection(value as Protection)}
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
                {mode.value === "standard" && app.keyStore === "available" && (
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

  if (step === "recovery" && created) {
    return <Recovery steps={steps} recoveryKey={created.recoveryKey} onDone={() => setStep("profile")} />;
  }
  if (step === "profile" && created) {
    return <Profile steps={steps} created={created.company} onDone={onDone} />;
  }
  return null;
}

const PROMISES: [string, string][] = [
  ["Your services are read", "Each by a sign-in that you make, with permissions to read. Nothing in them is changed."],
  ["Answers become evidence", "Kept as they came, dated, and marked so that a later change shows."],
  ["Checks suggest", "Pass, fail, or could not check with the reason. What is unknown never counts as a pass."],
  ["You decide", "What is met is decided per objective, with your name and why."],
  ["Each day anew", "A sync at the time you set. What changed is shown."],
];

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

function Choice({ icon, title, text, onPress }: { icon: string; title: string; text: string; onPress: () => void }) {
  return (
    <button type="button" className={start.big} onClick={onPress}>
      <Icon name={icon} size={20} />
      <span>
        <strong className={css.medium}>{title}</strong>
        <br />
        <span className={classes(css.small, css.muted)}>{text}</span>
      </span>
    </button>
  );
}

/** Two different places of eight, by chance. */
function pickTwo(): [number, number] {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2));
  const first = a % 8;
  const second = (first + 1 + (b % 7)) % 8;
  return first < second ? [first, second] : [second, first];
}

function Recovery({
  steps,
  recoveryKey,
  onDone,
}: {
  steps: React.ReactNode;
  recoveryKey: string[];
  onDone: () => void;
}) {
  const [places] = useState(pickTwo);
  const [typed, setTyped] = useState(["", ""]);
  const confirm = useCommand("confirm_recovery");
  const wrong = confirm.data?.wrong ?? [];
  const submit = () =>
    confirm.mutate(
      { groups: places.map((place, at) => ({ place, text: (typed[at] ?? "").trim() })) },
      { onSuccess: (answer) => answer.wrong.length === 0 && onDone() },
    );
  return (
    <Frame
      steps={steps}
      foot={
        <span className={css.push}>
          <Button
            kind="primary"
            busy={confirm.isPending}
            isDisabled={typed.some((one) => !one.trim())}
            onPress={submit}
          >
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
      <ol className={start.key} aria-label="Recovery key">
        {recoveryKey.map((group, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: eight fixed places
          <li key={at}>
            <span>{at + 1}</span>
            {group}
          </li>
        ))}
      </ol>
      <div className={classes(css.row, start.noPrint)}>
        <Button small icon="print" onPress={() => window.print()}>
          Print
        </Button>
        <CopyButton text={recoveryKey.join("-")} />
        <span className={classes(css.small, css.muted)}>
          Keep it on paper or in a password manager, not beside the vault.
        </span>
      </div>
      <div className={classes(start.noPrint, css.stack)}>
        <h2>Show that you have it</h2>
        <p className={css.muted}>
          Type groups {places[0] + 1} and {places[1] + 1} from your copy.
        </p>
        <div className={start.two}>
          {places.map((place, at) => (
            <Field
              key={place}
              label={`Group ${place + 1}`}
              mono
              value={typed[at] ?? ""}
              onChange={(value) => setTyped(typed.map((one, n) => (n === at ? value : one)))}
              error={wrong.includes(place) ? `This is not group ${place + 1}. Look at your copy again.` : null}
            />
          ))}
        </div>
        {confirm.error && <ErrorNote error={confirm.error} />}
      </div>
    </Frame>
  );
}

function Profile({
  steps,
  created,
  onDone,
}: {
  steps: React.ReactNode;
  created: AppState["company"] & object;
  onDone: () => void;
}) {
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
