import { useState } from "react";
import type { ApiError } from "../../ipc/generated/ApiError";
import type { FindingChange } from "../../ipc/generated/FindingChange";
import type { Findings } from "../../ipc/generated/Findings";
import { useTransport } from "../../ipc/hooks";
import { asApiError } from "../../ipc/transport";
import { Icon } from "../../kit/Icon";
import { Button, Callout, classes, css, Dialog, ErrorNote, State } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import { count } from "../../words/format";
import { OUTCOME } from "../../words/status";

const GRAVE = ["damaged", "not_reproducible"];

/** Runs every check again on the stored data, offline, and shows what is different from what was recorded. */
export function JudgeAgain() {
  const transport = useTransport();
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<Findings | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const judge = async () => {
    setBusy(true);
    setError(null);
    try {
      setFound(
        await transport.call("list_findings", {
          integration: null,
          check: null,
          requirement: null,
          outcome: null,
          history: false,
          reevaluate: true,
        }),
      );
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const close = () => {
    setFound(null);
    setError(null);
  };
  const open = found !== null || error !== null;
  return (
    <>
      <Button busy={busy} onPress={() => void judge()}>
        Judge again
      </Button>
      {open && (
        <Dialog title="Judged again" onClose={close} foot={<Button onPress={close}>Close</Button>}>
          <div className={classes(css.section, css.stack)}>
            {error && <ErrorNote error={error} />}
            {found && <Outcomes findings={found} />}
          </div>
        </Dialog>
      )}
    </>
  );
}

function Outcomes({ findings }: { findings: Findings }) {
  const changes = findings.changes ?? [];
  const grave = changes.some((one) => one.why.some((cause) => GRAVE.includes(cause.code)));
  return (
    <>
      {grave && (
        <Callout tone="bad" icon="alert" role="alert">
          Stored data is not what was recorded, or a result can't be made again. Keep the vault as it is and verify it
          in the settings.
        </Callout>
      )}
      <p role="status">
        {count(findings.findings.length, "finding")} judged again on the stored data, without asking any service.{" "}
        {changes.length === 0
          ? "All are as they were recorded."
          : `${changes.length === 1 ? "1 is" : `${changes.length} are`} different from what was recorded.`}
      </p>
      {changes.map((change) => (
        <Change key={`${change.integrationId} ${change.check}`} change={change} />
      ))}
    </>
  );
}

function Change({ change }: { change: FindingChange }) {
  const side = (outcome: string | undefined) =>
    outcome ? <State looks={OUTCOME} state={outcome} /> : <span className={css.faint}>nothing</span>;
  const listed = [
    ["Not listed any more", change.resourcesGone],
    ["Listed now", change.resourcesAdded],
  ] as const;
  return (
    <section className={css.tight} aria-label={plainText(change.title, 120)}>
      <h3>
        <Text value={change.title} clamp={160} />
      </h3>
      <p className={classes(css.row, css.wrap)}>
        {side(change.before?.outcome)}
        <Icon name="right" size={14} />
        {side(change.after?.outcome)}
        <span className={classes(css.small, css.faint)}>
          <Text value={change.integrationLabel} clamp={60} />
        </span>
      </p>
      {change.why.map((cause) => (
        <p key={cause.what} className={GRAVE.includes(cause.code) ? css.warn : css.muted}>
          <Text value={cause.what} clamp={600} />
        </p>
      ))}
      {listed.map(
        ([title, resources]) =>
          resources.length > 0 && (
            <details key={title}>
              <summary className={css.small}>
                {title}: {count(resources.length, "resource")}
              </summary>
              <ul>
                {resources.slice(0, 100).map((one) => (
                  <li key={`${one.type}:${one.id}:${one.note}`}>
                    <Text value={one.name || one.id} clamp={120} />
                  </li>
                ))}
              </ul>
            </details>
          ),
      )}
    </section>
  );
}
