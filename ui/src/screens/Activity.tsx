import { useState } from "react";
import { When } from "../app/When";
import { describe, type Job, useWork } from "../app/work";
import { useAnswer } from "../ipc/hooks";
import { SearchBox } from "../kit/fields";
import { Answered, Button, classes, css, ErrorNote, Section, State } from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import { count } from "../words/format";
import { RUN } from "../words/status";
import { Datasets, RunList } from "./RunList";
import own from "./screens.module.css";

export function Activity() {
  const activity = useAnswer("get_activity", {});
  const { job, cancel } = useWork();
  const [query, setQuery] = useState("");
  return (
    <div className={css.page}>
      <div className={css.pageHead}>
        <h1>Activity</h1>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
      <div className={css.pane} tabIndex={0} role="region" aria-label="Runs and requests">
        {job && <Live job={job} onCancel={cancel} />}
        <Answered query={activity} what="the activity">
          {({ runs, requests, schedule }) => {
            const wanted = query.trim().toLowerCase();
            const visible = requests.filter((one) =>
              `${one.method} ${one.host}${one.path} ${one.status ?? ""}`.toLowerCase().includes(wanted),
            );
            return (
              <>
                <Section
                  title="Runs"
                  aside={
                    schedule.last && (
                      <span className={classes(css.small, css.faint, css.push)}>
                        Last scheduled run: due <When at={schedule.last.due} sentence />, ran{" "}
                        <When at={schedule.last.ran} sentence />
                      </span>
                    )
                  }
                >
                  <RunList runs={runs} />
                </Section>
                <Section
                  title="Outbound requests"
                  aside={
                    <span className={classes(css.row, css.push)}>
                      <span className={classes(css.small, css.muted)} role="status">
                        Showing {visible.length} of {requests.length}
                      </span>
                      <SearchBox label="Filter requests" value={query} onChange={setQuery} />
                    </span>
                  }
                >
                  <p className={classes(css.small, css.muted)}>
                    Everything this app sent, newest first. Secret parts of paths read as ***.
                  </p>
                  {visible.length === 0 ? (
                    <p className={css.muted}>
                      {requests.length ? "No request matches the filter." : "Nothing was sent yet."}
                    </p>
                  ) : (
                    <table className={classes(css.table, css.flat)}>
                      <thead>
                        <tr>
                          <th scope="col">When</th>
                          <th scope="col">Method</th>
                          <th scope="col">Host and path</th>
                          <th scope="col">Status</th>
                        </tr>
                      </thead>
                      <tbody>
                        {visible.map((one, at) => (
                          // biome-ignore lint/suspicious/noArrayIndexKey: requests have no id and never change
                          <tr key={at}>
                            <td className={css.when}>
                              <When at={one.at} />
                            </td>
                            <td className={css.mono}>{plainText(one.method, 12)}</td>
                            <td className={css.mono}>
                              <Text value={`${one.host}${one.path}`} clamp={200} />
                            </td>
                            <td className={css.number}>{one.status ?? "No answer"}</td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  )}
                </Section>
              </>
            );
          }}
        </Answered>
      </div>
    </div>
  );
}

/** What is being collected, per connection: counts, and never a bar that goes back. */
export function Live({ job, onCancel }: { job: Job; onCancel: () => void }) {
  return (
    <Section
      title={plainText(job.title, 100)}
      aside={
        <span className={classes(css.row, css.push)}>
          <span className={classes(css.small, css.muted)}>
            Started <When at={job.startedAt} sentence />
          </span>
          {job.running && (
            <Button small icon="stop" isDisabled={job.cancelling} onPress={onCancel}>
              {job.cancelling ? "Stopping" : "Cancel run"}
            </Button>
          )}
        </span>
      }
    >
      {job.error && <ErrorNote error={job.error} />}
      {job.parts.map((part) => (
        <div key={part.integrationId}>
          <div className={own.part}>
            <span className={css.medium}>
              <Text value={part.label} clamp={60} />
            </span>
            {part.state === "running" ? (
              <div
                className={own.meter}
                role="progressbar"
                aria-label={plainText(part.label, 60)}
                aria-valuemin={0}
                aria-valuemax={part.total}
                aria-valuenow={part.done}
                aria-valuetext={`${part.done} of ${count(part.total, "dataset")}`}
              >
                <span style={{ width: `${(part.done / Math.max(1, part.total)) * 100}%` }} />
              </div>
            ) : (
              <State looks={RUN} state={part.state} />
            )}
            <span className={classes(css.small, css.muted)}>
              {part.done} of {count(part.total, "dataset")}
              {part.reading && (
                <>
                  , reading <Text value={part.reading.title} clamp={60} /> ({count(part.reading.rows, "row")},{" "}
                  {count(part.reading.pages, "page")})
                </>
              )}
            </span>
          </div>
          {part.datasets.length > 0 && <Datasets datasets={part.datasets} />}
        </div>
      ))}
      <p className={classes(css.small, css.muted)}>
        {job.running ? "Canceling keeps what was read in full." : describe(job)}
      </p>
    </Section>
  );
}
