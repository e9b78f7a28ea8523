import { useState } from "react";
import { useSession } from "../../app/session";
import { When } from "../../app/When";
import type { ParameterEntry } from "../../ipc/generated/ParameterEntry";
import { useAnswer, useCommand } from "../../ipc/hooks";
import { Field } from "../../kit/fields";
import { Answered, Button, classes, css, ErrorNote, Section } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import own from "../screens.module.css";

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

export function Parameters() {
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
