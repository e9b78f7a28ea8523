import { When } from "../app/When";
import type { DatasetRun } from "../ipc/generated/DatasetRun";
import type { RunReport } from "../ipc/generated/RunReport";
import { useAnswer } from "../ipc/hooks";
import { classes, css, ErrorNote, State } from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import { count, took } from "../words/format";
import { DATASET_RUN, REASON, RUN, TRIGGER } from "../words/status";
import own from "./screens.module.css";

/** Runs, newest first; each opens to its datasets and the reasons of what is missing. */
export function RunList({ runs }: { runs: RunReport[] }) {
  if (runs.length === 0) return <p className={css.muted}>Nothing has run yet. A sync fills this list.</p>;
  return (
    <ul className={own.plainList}>
      {runs.map((run) => (
        <li key={`${run.runId} ${run.integrationId}`}>
          <details>
            <summary>
              <span className={css.medium}>
                <Text value={run.label} clamp={60} />
              </span>{" "}
              <State looks={RUN} state={run.state} />{" "}
              <span className={classes(css.small, css.muted)}>
                <When at={run.startedAt} />, {TRIGGER[run.trigger] ?? plainText(run.trigger, 40)}
                {run.scheduledFor && run.trigger === "catch_up" && (
                  <>
                    {" "}
                    (due <When at={run.scheduledFor} sentence />)
                  </>
                )}
                {run.finishedAt && `, took ${took(run.startedAt, run.finishedAt)}`}
              </span>
            </summary>
            <div className={classes(css.stack, css.section)}>
              {run.error && <ErrorNote error={run.error} />}
              <Datasets datasets={run.datasets} />
            </div>
          </details>
        </li>
      ))}
    </ul>
  );
}

export function Datasets({ datasets }: { datasets: DatasetRun[] }) {
  const known = useAnswer("list_providers", {});
  const titles = new Map(
    known.data?.providers.flatMap((provider) => provider.datasets.map((one) => [one.id, one.title] as const)),
  );
  return (
    <ul className={own.plainList} aria-label="Datasets">
      {datasets.map((one) => (
        <li key={one.id} className={classes(css.row, css.wrap)}>
          <span title={plainText(one.id, 80)}>{plainText(titles.get(one.id) ?? one.id, 80)}</span>
          <State
            looks={DATASET_RUN}
            state={one.state === "current" && one.unchanged ? "unchanged" : one.state}
            note={one.reason ? (REASON[one.reason.code] ?? one.reason.code) : undefined}
          />
          <span className={classes(css.small, css.muted)}>
            {count(one.rows, "row")}, {count(one.pages, "page")}
            {one.confirmed > 0 && `, ${one.confirmed.toLocaleString("en-US")} confirmed unchanged by the service`}
            {one.reason && (
              <>
                . <Text value={one.reason.detail} />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
