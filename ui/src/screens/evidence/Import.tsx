import { useState } from "react";
import { useSession } from "../../app/session";
import type { ImportDone } from "../../ipc/generated/ImportDone";
import { AFTER_COLLECTING, useAnswer, useCommand } from "../../ipc/hooks";
import { Field, FileField, Select } from "../../kit/fields";
import { Button, Callout, classes, css, Dialog, ErrorNote } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import { count } from "../../words/format";

export const FORMATS = [
  { value: "prowler-ocsf", label: "Prowler, OCSF (JSON)" },
  { value: "prowler-csv", label: "Prowler, CSV" },
  { value: "scubagear", label: "ScubaGear (ScubaResults JSON)" },
];

// What crosses to the host is held in memory several times on the way. The command line reads larger files.
const MOST = 16 * 1024 * 1024;

/** The format that a file's name speaks for, where it does. */
export function formatOf(name: string): string | null {
  const plain = name.toLowerCase();
  if (plain.endsWith(".csv")) return "prowler-csv";
  if (plain.includes("scuba")) return "scubagear";
  if (plain.includes("ocsf")) return "prowler-ocsf";
  return null;
}

/** The bytes of a file as text that crosses to the host unchanged. */
export async function base64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  // In parts: a function takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** Takes in a result file of another tool: the file, what it is, whom it is about, and who brings it. */
export function Import({ onClose, onOpen }: { onClose: () => void; onOpen: (id: string) => void }) {
  const { name, setName } = useSession();
  const integrations = useAnswer("list_integrations", { all: false });
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState("prowler-ocsf");
  const [integration, setIntegration] = useState("");
  const [label, setLabel] = useState("");
  const [wrong, setWrong] = useState<{ file?: string; by?: string }>({});
  const [reading, setReading] = useState(false);
  const send = useCommand("import_file", AFTER_COLLECTING);
  const choose = (chosen: File | null) => {
    setFile(chosen);
    setWrong({});
    send.reset();
    const known = chosen && formatOf(chosen.name);
    if (known) setFormat(known);
  };
  const submit = async () => {
    const found: { file?: string; by?: string } = {};
    if (!file) found.file = "Choose the file that the tool wrote.";
    else if (file.size > MOST)
      found.file = "It is larger than 16 MiB. Import it with `cmmc import`, which reads larger files.";
    if (!name.trim()) found.by = "Write your name: it is kept with the file.";
    setWrong(found);
    if (!file || found.file || found.by) return;
    setReading(true);
    try {
      const content = await base64(file);
      send.mutate({
        format,
        fileName: file.name,
        content,
        integration: integration || null,
        label: label.trim() || null,
        by: name.trim(),
      });
    } catch {
      setWrong({ file: "The file can't be read. It may have been moved or changed since it was chosen." });
    } finally {
      setReading(false);
    }
  };
  if (send.data) return <Done done={send.data} onClose={onClose} onOpen={onOpen} />;
  return (
    <Dialog
      title="Import results of another tool"
      onClose={onClose}
      small
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="primary" busy={reading || send.isPending} onPress={() => void submit()}>
            Import
          </Button>
        </>
      }
    >
      <div className={classes(css.section, css.stack)}>
        <p className={classes(css.small, css.muted)}>
          The file is kept as evidence, with who brought it and when. What it says is shown beside this app's own
          checks, marked as imported. It decides nothing and changes no suggestion.
        </p>
        <FileField
          label="File"
          accept=".json,.csv"
          onChange={choose}
          error={wrong.file ?? null}
          hint="As the tool wrote it, not saved again by another program."
        />
        <Select label="Format" value={format} onChange={setFormat} options={FORMATS} />
        <Select
          label="About"
          value={integration}
          onChange={setIntegration}
          options={[
            { value: "", label: "The connection to the same account, if there is one" },
            ...(integrations.data?.integrations ?? []).map((one) => ({ value: one.id, label: one.label })),
          ]}
        />
        <Field label="Label (optional)" value={label} onChange={setLabel} />
        <Field
          label="Your name"
          value={name}
          onChange={setName}
          autoComplete="name"
          required
          error={wrong.by ?? null}
        />
        {send.error && <ErrorNote error={send.error} />}
      </div>
    </Dialog>
  );
}

function Done({ done, onClose, onOpen }: { done: ImportDone; onClose: () => void; onOpen: (id: string) => void }) {
  const { evidence, checks } = done;
  const from = evidence.imported;
  return (
    <Dialog
      title={done.added ? "Imported" : "Imported before"}
      onClose={onClose}
      small
      foot={
        <>
          <Button onPress={onClose}>Close</Button>
          <Button
            kind="primary"
            onPress={() => {
              onClose();
              onOpen(evidence.id);
            }}
          >
            Show the item
          </Button>
        </>
      }
    >
      <div className={classes(css.section, css.stack)} role="status">
        {from && (
          <p>
            {from.tool} {plainText(from.version ?? "", 40)}, <Text value={from.account} clamp={100} />
          </p>
        )}
        {!done.added && <p className={css.muted}>This very file is there already. Nothing was added.</p>}
        <p>
          {checks.fail} failing, {checks.pass} passing, {checks.unknown} that can't tell.
          {done.unmapped > 0 && ` No objective is known for ${count(done.unmapped, "check")}.`}
        </p>
        <Disagreements what={done.disagreements.map((one) => one.what)} />
      </div>
    </Dialog>
  );
}

/** Where a tool and an own check say different things. */
export function Disagreements({ what }: { what: string[] }) {
  if (what.length === 0) return null;
  return (
    <Callout tone="warn" icon="alert">
      <strong>
        {what.length === 1 ? "An own check says something else" : `${what.length} own checks say something else`}
      </strong>
      <ul>
        {what.map((one) => (
          <li key={one}>
            <Text value={one} clamp={600} />
          </li>
        ))}
      </ul>
      <p>Neither outranks the other: look at both.</p>
    </Callout>
  );
}
