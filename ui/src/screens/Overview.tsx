import { Link } from "@tanstack/react-router";
import { useSession } from "../app/session";
import { useWork } from "../app/work";
import type { ScoreReport } from "../ipc/generated/ScoreReport";
import { useAnswer } from "../ipc/hooks";
import { Icon } from "../kit/Icon";
import { Answered, Button, Callout, Chip, classes, css, Section, State } from "../kit/kit";
import { Text } from "../kit/Text";
import { collectionOf, determinationOf, type Row, rowsOf } from "../words/filter";
import { count } from "../words/format";
import { COLLECTION, DETERMINATION, look } from "../words/status";
import own from "./screens.module.css";
import { Warnings } from "./Warnings";

export function Overview() {
  const { company } = useSession();
  const { job, start } = useWork();
  const level = company.profile.level;
  const catalogue = useAnswer("catalogue", {});
  const status = useAnswer("get_status", { controlId: null });
  const score = useAnswer("get_score", {});
  const integrations = useAnswer("list_integrations", { all: false });
  const connected = integrations.data?.integrations ?? [];

  return (
    <div className={css.page}>
      <div className={css.pageHead}>
        <h1>Overview</h1>
        <span className={css.faint}>
          CMMC Level {level} (Self), {level === 1 ? "FAR 52.204-21" : "NIST SP 800-171 Rev. 2"}
        </span>
        <span className={css.push}>
          {integrations.data && connected.length === 0 ? (
            <Link className={classes(css.button, css.primary)} to="/integrations">
              <Icon name="plug" size={14} />
              Connect a service
            </Link>
          ) : (
            <Button
              kind="primary"
              icon="refresh"
              isDisabled={job?.running || connected.length === 0}
              onPress={() => start("Sync of all integrations", { command: "sync_integration", ids: [] })}
            >
              Sync now
            </Button>
          )}
        </span>
      </div>
      {company.warnings.length > 0 && (
        <div className={classes(css.section, css.stack)}>
          <Warnings link />
        </div>
      )}
      <Answered query={catalogue} what="the catalog">
        {(known) => (
          <Answered query={status} what="the status">
            {(now) => {
              const rows = rowsOf(known, now.requirements, level);
              return (
                <div className={css.panes}>
                  <div className={css.pane}>
                    <div className={css.section}>
                      <Answered query={score} what="the score">
                        {(report) => <Score report={report} level={level} />}
                      </Answered>
                    </div>
                    <Section title="Requirements by family" aside={<Legend rows={rows} />}>
                      <ul className={own.board}>
                        {known.families.map((family) => {
                          const members = rows.filter((row) => row.family === family.code);
                          if (members.length === 0) return null;
                          const assessed = members.filter((row) => determinationOf(row) !== "not_assessed").length;
                          return (
                            <li key={family.code}>
                              <span className={css.id}>{family.code}</span>
                              <Link className={own.familyLink} to="/requirements" search={{ family: family.code }}>
                                {family.name}
                              </Link>
                              <span className={own.cells}>
                                {members.map((row) => (
                                  <Cell key={row.key} row={row} />
                                ))}
                              </span>
                              <span className={classes(css.small, css.muted, css.number)}>
                                {assessed} of {members.length}
                              </span>
                            </li>
                          );
                        })}
                      </ul>
                    </Section>
                  </div>
                  <aside className={css.inspector} aria-label="What to do next">
                    <Section
                      title="Sources"
                      aside={
                        <Link className={css.push} to="/integrations">
                          All
                        </Link>
                      }
                    >
                      {connected.length === 0 ? (
                        <div className={css.stack}>
                          <p className={css.muted}>Nothing is connected yet, so there is no evidence to look at.</p>
                          <Link to="/integrations">Connect the first service</Link>
                        </div>
                      ) : (
                        <ul className={own.plainList}>
                          {connected.map((one) => (
                            <li key={one.id}>
                              <Link to="/integrations/$id" params={{ id: one.id }}>
                                <Text value={one.label} clamp={60} />
                              </Link>
                              <p className={classes(css.small, one.status === "error" ? css.warn : css.muted)}>
                                {one.errorMessage ? (
                                  <Text value={one.errorMessage} clamp={160} />
                                ) : (
                                  <>
                                    {count(one.evidenceCount, "evidence item")}, {one.checks.fail} failing,{" "}
                                    {one.checks.unknown} could not check
                                  </>
                                )}
                              </p>
                            </li>
                          ))}
                        </ul>
                      )}
                    </Section>
                    <Section
                      title="Next actions"
                      aside={
                        level !== 1 && (
                          <span className={classes(css.small, css.faint, css.push)}>By points at stake</span>
                        )
                      }
                    >
                      <NextActions rows={rows} level={level} />
                    </Section>
                  </aside>
                </div>
              );
            }}
          </Answered>
        )}
      </Answered>
    </div>
  );
}

function Score({ report, level }: { report: ScoreReport; level: number }) {
  if (level === 1) {
    return (
      <div className={own.score}>
        <span className={own.number}>{report.levelOneMet ?? 0}</span>
        <div>
          <h2>of 15 requirements met</h2>
          <p className={css.muted}>Level 1 has no score: all 15 have to be met.</p>
        </div>
      </div>
    );
  }
  if (report.score === null) {
    return (
      <Callout icon="info">
        <h2>No score yet</h2>
        <p>
          <Text value={report.reason ?? "The system security plan (3.12.4) is not met yet."} />
        </p>
        <p className={css.muted}>
          {report.assessed} of {report.total} requirements are assessed.
        </p>
      </Callout>
    );
  }
  const lost = report.deductions.reduce((sum, one) => sum + one.points, 0);
  const kept = report.score;
  return (
    <div className={css.stack}>
      <div className={own.score}>
        <span className={own.number}>{kept}</span>
        <div>
          <h2 className={css.row}>Self-assessed score {!report.final && <Chip tone="out">Provisional</Chip>}</h2>
          <p className={css.muted}>
            {report.assessed} of {report.total} requirements assessed; what nobody decided counts as not met. A sync
            never moves the score, only decisions do.
          </p>
        </div>
      </div>
      <div>
        <div
          className={css.bar}
          role="img"
          aria-label={`${kept} of 110 points, ${lost} lost or not assessed; 88 is needed for a Conditional status`}
        >
          <span className={css.barAccent} style={{ width: `${Math.max(0, ((kept + 203) / 313) * 100)}%` }} />
          <span className={css.barNone} style={{ flex: 1 }} />
        </div>
        <p className={classes(css.small, css.muted)}>
          From −203 to 110.{" "}
          {kept >= 88
            ? report.conditional
              ? "A Conditional status is open."
              : `88 is reached, but ${count(report.blocking.length, "requirement")} may not wait on a POA&M.`
            : `${88 - kept} points short of 88, the threshold of a Conditional status.`}
        </p>
      </div>
      <p className={classes(css.small, css.muted)}>
        <strong>Projected, if the checks are right: {report.projected.score ?? "no number"}.</strong>{" "}
        <Text value={report.projected.label} />
      </p>
    </div>
  );
}

function Legend({ rows }: { rows: Row[] }) {
  return (
    <span className={classes(own.legend, css.push)}>
      {Object.keys(DETERMINATION).map((state) => (
        <span key={state}>
          <State looks={DETERMINATION} state={state} />
          <span className={classes(css.small, css.number)}>
            {rows.filter((row) => determinationOf(row) === state).length}
          </span>
        </span>
      ))}
    </span>
  );
}

function Cell({ row }: { row: Row }) {
  const decided = look(DETERMINATION, determinationOf(row));
  const collected = collectionOf(row);
  const words = `${row.label} ${row.title}: ${decided.word}, ${look(COLLECTION, collected).word}`;
  return (
    <Link
      to="/requirements/$id"
      params={{ id: row.requirement.id }}
      className={classes(own.cell, css[decided.tone], own[`cell_${collected}`])}
      title={words}
      aria-label={words}
    >
      <Icon name={decided.icon} />
      <span aria-hidden="true" />
    </Link>
  );
}

function NextActions({ rows, level }: { rows: Row[]; level: number }) {
  const open = rows
    .filter((row) => ["not_assessed", "not_met"].includes(determinationOf(row)))
    .sort((a, b) => (level === 1 ? 0 : (b.requirement.weight ?? 99) - (a.requirement.weight ?? 99)))
    .slice(0, 6);
  if (open.length === 0) return <p className={css.muted}>Every requirement is decided.</p>;
  return (
    <ul className={own.plainList}>
      {open.map((row) => (
        <li key={row.key} className={css.row}>
          <span className={css.grow}>
            <Link to="/requirements/$id" params={{ id: row.requirement.id }}>
              {determinationOf(row) === "not_assessed" ? "Decide" : "Close the gap in"} {row.requirement.id} {row.title}
            </Link>
            <span className={classes(css.small, css.faint)}>
              <br />
              {count(
                row.parts.reduce((sum, part) => sum + part.status.evidenceCount, 0),
                "evidence item",
              )}
            </span>
          </span>
          {level !== 1 && (
            <Chip tone="out">
              {row.requirement.weight === null ? "No score without it" : count(row.requirement.weight, "point")}
            </Chip>
          )}
        </li>
      ))}
    </ul>
  );
}
