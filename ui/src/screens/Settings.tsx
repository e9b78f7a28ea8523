import { useState } from "react";
import { Radio, RadioGroup, Switch } from "react-aria-components";
import { useSession } from "../app/session";
import { When } from "../app/When";
import type { Appearance } from "../ipc/generated/Appearance";
import type { ParameterEntry } from "../ipc/generated/ParameterEntry";
import type { Profile as ProfileType } from "../ipc/generated/Profile";
import type { Protection } from "../ipc/generated/Protection";
import type { Schedule as ScheduleType } from "../ipc/generated/Schedule";
import { useAnswer, useCommand } from "../ipc/hooks";
import { Answered, Button, Callout, CopyButton, classes, css, ErrorNote, Field, Section, Select } from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import { count, shortDigest } from "../words/format";
import own from "./screens.module.css";

export function Settings() {
  const { company } = useSession();
  const activity = useAnswer("get_activity", {});
  return (
    <div className={css.page}>
      <div className={css.pageHead}>
        <h1>Settings</h1>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
      <div className={css.pane} tabIndex={0} role="region" aria-label="All settings">
        <div className={own.settings}>
          <Look />
          <Profile key={company.id} profile={company.profile} />
          <Answered query={activity} what="the schedule">
            {({ schedule }) => <Schedule key={`${schedule.enabled} ${schedule.dailyAt}`} schedule={schedule} />}
          </Answered>
          <Parameters />
          <Vault />
          <About />
        </div>
      </div>
    </div>
  );
}

function Look() {
  const app = useAnswer("app_state", {});
  const set = useCommand("set_appearance", ["app_state"]);
  return (
    <Section title="Appearance">
      <div className={own.setting}>
        <span className={css.grow}>
          Colors
          <p className={classes(css.small, css.faint)}>Changes at once.</p>
        </span>
        <RadioGroup
          value={app.data?.appearance ?? "system"}
          onChange={(value) => set.mutate({ appearance: value as Appearance })}
          orientation="horizontal"
          className={css.segments ?? ""}
          aria-label="Colors"
        >
          {(["system", "light", "dark"] as const).map((value) => (
            <Radio key={value} value={value} className={css.segment ?? ""}>
              {{ system: "As the system", light: "Light", dark: "Dark" }[value]}
            </Radio>
          ))}
        </RadioGroup>
      </div>
      {set.error && <ErrorNote error={set.error} />}
    </Section>
  );
}

function Profile({ profile }: { profile: ProfileType }) {
  const [draft, setDraft] = useState({
    ...profile,
    cageCode: profile.cageCode ?? "",
    uei: profile.uei ?? "",
    scope: profile.scope ?? "",
  });
  const save = useCommand("update_profile", ["app_state", "get_status", "get_score", "get_activity"]);
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });
  const wrong = (field: string) => (save.error?.field === field ? save.error.why : null);
  return (
    <Section title="Company">
      <form
        className={css.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({
            profile: {
              ...draft,
              name: draft.name.trim(),
              cageCode: draft.cageCode.trim() || null,
              uei: draft.uei.trim() || null,
              scope: draft.scope.trim() || null,
            },
          });
        }}
      >
        <div className={own.two}>
          <Field
            label="Company name"
            value={draft.name}
            onChange={(name) => set({ name })}
            required
            error={wrong("name")}
          />
          <Select
            label="Level"
            value={String(draft.level)}
            onChange={(level) => set({ level: Number(level) })}
            options={[
              { value: "1", label: "Level 1: 15 requirements" },
              { value: "2", label: "Level 2: 110 requirements" },
            ]}
          />
          <Field
            label="Time zone"
            value={draft.zone}
            onChange={(zone) => set({ zone })}
            error={wrong("zone")}
            hint="An IANA name, e.g. America/Denver."
          />
          <Field
            label="CAGE code"
            value={draft.cageCode}
            onChange={(cageCode) => set({ cageCode })}
            error={wrong("cageCode")}
          />
          <Field
            label="Unique Entity Identifier"
            value={draft.uei}
            onChange={(uei) => set({ uei })}
            error={wrong("uei")}
          />
        </div>
        <Field
          label="What is assessed"
          kind="multiline"
          value={draft.scope}
          onChange={(scope) => set({ scope })}
          error={wrong("scope")}
        />
        {save.error && <ErrorNote error={save.error} />}
        <div className={css.row}>
          <Button type="submit" busy={save.isPending}>
            Save company
          </Button>
          <span role="status" className={css.muted}>
            {save.isSuccess && "Saved"}
          </span>
        </div>
      </form>
    </Section>
  );
}

function Schedule({ schedule }: { schedule: ScheduleType }) {
  const [time, setTime] = useState(schedule.dailyAt);
  const set = useCommand("set_schedule", ["get_activity", "list_integrations", "get_integration"]);
  return (
    <Section title="Schedule">
      <div className={css.stack}>
        <div className={own.setting}>
          <span className={css.grow}>
            Daily sync
            <p className={classes(css.small, css.faint)}>
              A time that was missed, asleep or closed, is caught up once and says so.
            </p>
          </span>
          <Switch
            isSelected={schedule.enabled}
            onChange={(enabled) => set.mutate({ enabled, dailyAt: schedule.dailyAt })}
            className={css.switch ?? ""}
          >
            <span className={css.track} aria-hidden="true" />
            <span className={css.visuallyHidden}>Daily sync</span>
            <span aria-hidden="true">{schedule.enabled ? "On" : "Off"}</span>
          </Switch>
        </div>
        <form
          className={css.row}
          onSubmit={(event) => {
            event.preventDefault();
            set.mutate({ enabled: schedule.enabled, dailyAt: time });
          }}
        >
          <Field
            label={`Time (${plainText(schedule.zone, 60)})`}
            kind="time"
            value={time}
            onChange={setTime}
            error={set.error?.field === "dailyAt" ? set.error.why : null}
          />
          <Button type="submit" isDisabled={time === schedule.dailyAt} busy={set.isPending}>
            Set time
          </Button>
        </form>
        {set.error && <ErrorNote error={set.error} />}
        {schedule.enabled && schedule.next.length > 0 && (
          <div>
            <h3>Next times</h3>
            <ol className={classes(css.small, css.muted)}>
              {schedule.next.map((at) => (
                <li key={at}>
                  <When at={at} />
                </li>
              ))}
            </ol>
          </div>
        )}
      </div>
    </Section>
  );
}

const words = (value: unknown): string =>
  Array.isArray(value)
    ? value.length
      ? value.map(String).join(", ")
      : "None"
    : value === null || value === undefined
      ? "Not set"
      : String(value);

/** What was typed, as the kind of value that the parameter holds; a sentence where it can't be. */
export function readValue(kind: string, typed: string): { value: unknown } | { wrong: string } {
  if (kind === "list") {
    return {
      value: typed
        .split(/[\n,]/)
        .map((one) => one.trim())
        .filter(Boolean),
    };
  }
  if (kind === "integer" || kind === "percent") {
    const text = typed.trim().replace(/\s*%$/, "");
    const number = Number(text);
    if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(number)) return { wrong: "A whole number." };
    if (kind === "percent" && (number < 0 || number > 100)) return { wrong: "A whole number from 0 to 100." };
    return { value: number };
  }
  return { value: typed.trim() };
}

function Parameters() {
  const list = useAnswer("list_parameters", {});
  return (
    <Section title="Parameters and exemptions">
      <p className={classes(css.small, css.muted)}>
        Thresholds and exceptions that checks use. Every change is recorded by name and reason, and each finding names
        what it used.
      </p>
      <Answered query={list} what="the parameters">
        {({ parameters }) =>
          parameters.length === 0 ? (
            <p className={css.muted}>Connected services bring their parameters; there is none yet.</p>
          ) : (
            <ul className={own.plainList}>
              {parameters.map((one) => (
                <Parameter key={one.key} entry={one} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Section>
  );
}

function Parameter({ entry }: { entry: ParameterEntry }) {
  const { name, setName } = useSession();
  const [open, setOpen] = useState(false);
  const typedNow = Array.isArray(entry.value)
    ? entry.value.map(String).join("\n")
    : entry.value === null
      ? ""
      : String(entry.value);
  const [value, setValue] = useState(typedNow);
  const [why, setWhy] = useState("");
  const [until, setUntil] = useState("");
  const [wrong, setWrong] = useState<{ value?: string; by?: string; why?: string }>({});
  const set = useCommand("set_parameter", [
    "list_parameters",
    "get_status",
    "get_control",
    "get_integration",
    "list_findings",
    "get_score",
  ]);
  const send = (back: boolean) => {
    const read = back ? { value: null } : readValue(entry.kind, value);
    const found: typeof wrong = {};
    if ("wrong" in read) found.value = read.wrong;
    if (!name.trim()) found.by = "Write your name.";
    if (!why.trim()) found.why = "Say why.";
    setWrong(found);
    if (Object.keys(found).length > 0 || !("value" in read)) return;
    set.mutate(
      { key: entry.key, value: read.value, by: name.trim(), why: why.trim(), until: until || null },
      {
        onSuccess: () => {
          setOpen(false);
          setWhy("");
        },
      },
    );
  };
  const label = plainText(entry.label, 100);
  return (
    <li className={css.tight}>
      <div className={css.row}>
        <span className={css.grow}>
          <h3>{label}</h3>
          <p className={classes(css.small, css.muted)}>
            <Text value={entry.help} />
          </p>
          <p>
            <Text value={words(entry.value)} />
            {entry.kind === "percent" && " %"}{" "}
            <span className={classes(css.small, css.faint)}>
              {entry.set ? (
                <>
                  <Text value={entry.set.by} clamp={80} />, <When at={entry.set.at} sentence />
                  {entry.set.why && (
                    <>
                      : <Text value={entry.set.why} />
                    </>
                  )}
                  {entry.until && (
                    <>
                      , until <When at={entry.until} sentence />
                    </>
                  )}
                </>
              ) : (
                "Default"
              )}
            </span>
          </p>
        </span>
        <Button small aria-expanded={open} aria-label={`Change ${label}`} onPress={() => setOpen(!open)}>
          Change
        </Button>
      </div>
      {open && (
        <form
          className={css.stack}
          onSubmit={(event) => {
            event.preventDefault();
            send(false);
          }}
        >
          <Field
            label="Value"
            kind={entry.kind === "list" ? "multiline" : "text"}
            value={value}
            onChange={setValue}
            error={wrong.value ?? null}
            hint={entry.kind === "list" ? "One a line." : undefined}
          />
          <Field
            label="Why"
            kind="multiline"
            rows={2}
            value={why}
            onChange={setWhy}
            required
            error={wrong.why ?? null}
          />
          <div className={own.two}>
            <Field
              label="Your name"
              value={name}
              onChange={setName}
              required
              autoComplete="name"
              error={wrong.by ?? null}
            />
            <Field
              label="Until (may be empty)"
              kind="date"
              value={until}
              onChange={setUntil}
              hint="After this day it stops counting."
            />
          </div>
          {set.error && <ErrorNote error={set.error} />}
          <div className={css.row}>
            <Button kind="primary" type="submit" busy={set.isPending}>
              Set value
            </Button>
            {entry.set && (
              <Button kind="ghost" onPress={() => send(true)}>
                Back to the default ({plainText(words(entry.default), 40)})
              </Button>
            )}
          </div>
        </form>
      )}
    </li>
  );
}

const OPENS_WITH: Record<Protection, string> = {
  standard: "With the system's key store, while you are signed in to this computer.",
  passphrase: "With a passphrase.",
  two_secret: "With a passphrase and the system's key store together.",
};

/** What each kind of protection leaves open, besides what all of them do. */
const LEAVES_OPEN: Record<Protection, string> = {
  standard:
    "Locking hides the vault from a glance, not from your session: whoever uses it can open the vault again, and so can software that runs as you, because the key store answers both.",
  passphrase:
    "Somebody who copies the vault's folder can try passphrases on it for as long as they like. It is as strong as the passphrase.",
  two_secret:
    "Once the key store has given its half to software that runs as you, the passphrase alone protects a copied vault.",
};

/** The vault's folder, as the system of this computer writes it. */
export function vaultFolder(dataDir: string, companyId: string): string {
  const slash = dataDir.includes("\\") ? "\\" : "/";
  return [dataDir, "companies", companyId].join(slash);
}

function Vault() {
  const { company } = useSession();
  const app = useAnswer("app_state", {});
  const verify = useCommand("verify_vault");
  const folder = app.data ? vaultFolder(app.data.dataDir, company.id) : "";
  return (
    <Section title="Vault">
      <div className={css.stack}>
        <div className={own.setting}>
          <span className={css.grow}>
            Where it is
            <p className={classes(css.mono, css.muted)}>
              <Text value={folder} clamp={400} />
            </p>
          </span>
          <CopyButton text={folder} label="Copy path" />
        </div>
        <div className={own.setting}>
          <span className={css.grow}>
            How it opens
            <p className={classes(css.small, css.faint)}>{OPENS_WITH[company.protection]}</p>
          </span>
        </div>
        <Callout tone="warn" icon="alert">
          <h3>What is not protected</h3>
          <ul className={own.bullets}>
            <li>
              While the vault is open, an attacker who runs code as you can read what you can read: the window, the
              evidence and the connections' secrets. So can an administrator of this computer.
            </li>
            <li>{LEAVES_OPEN[company.protection]}</li>
            <li>What you copy, print or export leaves the vault, and is as safe as the place where you put it.</li>
            <li>Anybody who sees the folder sees the vault's size and when it last changed, though nothing in it.</li>
          </ul>
        </Callout>
        <div className={own.setting}>
          <span className={css.grow}>
            Integrity
            <p className={classes(css.small, css.faint)}>
              Reads every entry, table, blob and page again and compares them with the chain.
            </p>
          </span>
          <Button busy={verify.isPending} onPress={() => verify.mutate({})}>
            Verify vault
          </Button>
        </div>
        <div role="status">
          {verify.data?.ok && (
            <Callout icon="o-pass">
              Nothing is wrong: {count(verify.data.entries, "entry", "entries")}, newest{" "}
              <span className={css.mono}>{shortDigest(verify.data.head)}</span>
            </Callout>
          )}
        </div>
        {verify.data && !verify.data.ok && (
          <Callout tone="bad" icon="alert" role="alert">
            <h3>{count(verify.data.problems.length, "problem")}</h3>
            <ul>
              {verify.data.problems.map((one) => (
                <li key={`${one.place} ${one.what}`}>
                  <Text value={one.what} />{" "}
                  <span className={css.mono}>
                    <Text value={one.place} />
                  </span>
                </li>
              ))}
            </ul>
            <p>Keep a copy of the vault as it is, and restore the newest backup that verifies.</p>
          </Callout>
        )}
        {verify.error && <ErrorNote error={verify.error} />}
      </div>
    </Section>
  );
}

function About() {
  const app = useAnswer("app_state", {});
  const { company } = useSession();
  return (
    <Section title="About">
      <dl className={css.facts}>
        <dt>Version</dt>
        <dd>{plainText(app.data?.version ?? "")}</dd>
        <dt>Company id</dt>
        <dd className={css.mono}>{plainText(company.id)}</dd>
        <dt>Network</dt>
        <dd>Only the services you connected are asked. There is no account and no telemetry.</dd>
      </dl>
    </Section>
  );
}
