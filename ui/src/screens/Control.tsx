import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import { useKeys } from "../app/keys";
import { useSession } from "../app/session";
import { When } from "../app/When";
import { useWork } from "../app/work";
import type { Catalogue } from "../ipc/generated/Catalogue";
import type { ControlDetail } from "../ipc/generated/ControlDetail";
import type { ObjectiveEntry } from "../ipc/generated/ObjectiveEntry";
import type { ObjectiveStatus } from "../ipc/generated/ObjectiveStatus";
import type { RequirementEntry } from "../ipc/generated/RequirementEntry";
import { useAnswer } from "../ipc/hooks";
import { Icon } from "../kit/Icon";
import { Answered, Button, Callout, Chip, classes, css, IconButton, Letter, Section, State } from "../kit/kit";
import { Text } from "../kit/Text";
import { idsOf, labelOf } from "../words/filter";
import { count } from "../words/format";
import { COLLECTION, COVERAGE, DETERMINATION, INDICATION, look, REVIEW } from "../words/status";
import { Decision } from "./Decision";
import { Disagreements } from "./evidence/Import";
import { FindingGroups } from "./FindingCard";
import { AtStake } from "./Requirements";
import own from "./screens.module.css";

const controlRoute = getRouteApi("/requirements/$id");

export function Control() {
  const { id } = controlRoute.useParams();
  const catalogue = useAnswer("catalogue", {});
  const control = useAnswer("get_control", { controlId: id });
  return (
    <Answered query={catalogue} what="the catalog">
      {(known) => (
        <Answered query={control} what="the requirement">
          {(detail) => <ControlPage key={detail.status.id} catalogue={known} detail={detail} />}
        </Answered>
      )}
    </Answered>
  );
}

function ControlPage({ catalogue, detail }: { catalogue: Catalogue; detail: ControlDetail }) {
  const { objective } = controlRoute.useSearch();
  const navigate = useNavigate();
  const { job, start } = useWork();
  const integrations = useAnswer("list_integrations", { all: true });
  const { level } = useSession().company.profile;
  const requirement = catalogue.requirements.find((one) => one.id === detail.status.id);
  const ids = idsOf(catalogue, level);
  const at = ids.indexOf(detail.status.id);
  const [open, setOpen] = useState<string | null>(objective ?? null);
  const family = catalogue.families.find((one) => one.code === requirement?.family);
  const labels = new Map(
    (integrations.data?.integrations ?? []).map((one) => [
      one.id,
      { label: one.label, cloud: one.cloud === "custom" ? (one.config.like ?? "*") : one.cloud },
    ]),
  );
  // An imported finding without a connection names its item.
  const importLabels = new Map([
    ...detail.evidence
      .filter((one) => one.imported)
      .map((one) => [one.id, { label: one.integrationLabel, cloud: "*" }] as const),
    ...labels,
  ]);
  const go = (to: number) => {
    const id = ids[to];
    if (id !== undefined) void navigate({ to: "/requirements/$id", params: { id } });
  };
  const statuses = useAnswer("get_status", { controlId: null });
  useKeys({
    "[": () => go(at - 1),
    "]": () => go(at + 1),
    n: () => {
      const open = new Set(
        statuses.data?.requirements.filter((one) => one.determination === "not_assessed").map((one) => one.id),
      );
      const next = [...ids.slice(at + 1), ...ids.slice(0, Math.max(0, at))].find((one) => open.has(one));
      if (next) void navigate({ to: "/requirements/$id", params: { id: next } });
    },
  });
  if (!requirement) return null;
  const collectable = detail.integrations.length > 0;
  return (
    <div className={css.page}>
      <div className={css.pageHead}>
        <nav aria-label="Path" className={css.crumbs}>
          <Link to="/requirements">Requirements</Link> /{" "}
          <Link to="/requirements" search={{ family: requirement.family }}>
            {family?.name ?? requirement.family}
          </Link>{" "}
          / <span className={css.id}>{labelOf(catalogue, requirement, level)}</span>
        </nav>
        <span className={classes(css.row, css.push)}>
          {at > 0 && <IconButton icon="up" label="Previous requirement" onPress={() => go(at - 1)} />}
          {at >= 0 && at < ids.length - 1 && (
            <IconButton icon="down" label="Next requirement" onPress={() => go(at + 1)} />
          )}
          {at >= 0 && (
            <span className={classes(css.small, css.faint)}>
              {at + 1} of {ids.length}
            </span>
          )}
          <Button
            kind="primary"
            icon="c-ok"
            isDisabled={!collectable || job?.running}
            onPress={() =>
              start(`Collecting for ${requirement.id}`, { command: "collect_evidence", controlId: requirement.id })
            }
          >
            Auto-collect evidence
          </Button>
        </span>
      </div>
      <div className={css.panes}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
        <div className={css.pane} tabIndex={0} role="region" aria-label="Requirement">
          <div className={classes(css.section, own.about)}>
            <div className={classes(css.row, css.wrap)}>
              <h1 className={own.title}>{requirement.title}</h1>
              <span className={classes(css.pill, css[look(DETERMINATION, detail.status.determination).tone])}>
                <State looks={DETERMINATION} state={detail.status.determination} />
              </span>
            </div>
            <p className={css.muted}>{requirement.says}</p>
            <div className={classes(css.row, css.wrap)}>
              <AtStake requirement={requirement} />
              <Chip tone="out">{count(requirement.objectives.length, "objective")}</Chip>
              <span className={classes(css.small, css.faint)}>{requirement.name}</span>
            </div>
            {!collectable && (
              <p className={classes(css.small, css.muted)}>
                No connected service can show anything here. Documents, interviews and a look on site have to.
              </p>
            )}
          </div>
          {requirement.objectives.map((one) => (
            <ObjectiveRow
              key={one.id}
              requirement={requirement}
              objective={one}
              status={detail.status.objectives.find((entry) => entry.id === one.id)}
              detail={detail}
              labels={labels}
              open={open === one.id}
              onToggle={() => setOpen(open === one.id ? null : one.id)}
            />
          ))}
          <Section title="Checks" aside={<Indication detail={detail} />}>
            {detail.findings.length === 0 ? (
              <p className={css.muted}>No check has looked at this requirement yet.</p>
            ) : (
              <div className={css.stack}>
                <FindingGroups findings={detail.findings} checks={detail.checks} labels={labels} />
              </div>
            )}
          </Section>
          {detail.imported.length > 0 && (
            <Section
              title="Imported results"
              aside={<span className={classes(css.small, css.faint, css.push)}>They change no suggestion</span>}
            >
              <div className={css.stack}>
                <Disagreements what={detail.disagreements.map((one) => one.what)} />
                <FindingGroups findings={detail.imported} checks={[]} labels={importLabels} />
              </div>
            </Section>
          )}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
        <aside className={css.inspector} aria-label="Result and history" tabIndex={0}>
          <Result requirement={requirement} detail={detail} />
          <Section title="History">
            {detail.history.length === 0 ? (
              <p className={css.muted}>Nobody decided anything yet.</p>
            ) : (
              <ul className={own.plainList}>
                {detail.history.map((entry) => (
                  <li key={`${entry.objective} ${entry.decided.at}`}>
                    <span className={css.row}>
                      <span className={css.id}>{entry.objective}</span>
                      <State
                        looks={DETERMINATION}
                        state={entry.determination}
                        note={entry.partial ? "partial credit" : undefined}
                      />
                    </span>
                    <p className={classes(css.small, css.muted)}>
                      <Text value={entry.decided.by} clamp={80} />, <When at={entry.decided.at} sentence />
                      {entry.decided.why && (
                        <>
                          . <Text value={entry.decided.why} clamp={240} />
                        </>
                      )}
                    </p>
                  </li>
                ))}
              </ul>
            )}
          </Section>
        </aside>
      </div>
    </div>
  );
}

function Indication({ detail }: { detail: ControlDetail }) {
  if (detail.findings.length === 0) return null;
  return (
    <span className={css.push}>
      <State looks={INDICATION} state={detail.status.indication} />
    </span>
  );
}

function Result({ requirement, detail }: { requirement: RequirementEntry; detail: ControlDetail }) {
  const { status } = detail;
  const why: Record<string, string> = {
    not_met: "At least one objective is not met, so the requirement is not.",
    not_assessed: "At least one objective waits for a decision.",
    not_applicable: "Every objective is not applicable.",
    met: "Every objective is met or not applicable.",
  };
  const { level } = useSession().company.profile;
  const costs = level !== 1 && (status.determination === "not_met" || status.determination === "not_assessed");
  return (
    <Section
      title="Requirement result"
      aside={
        <span className={css.push}>
          <State looks={DETERMINATION} state={status.determination} />
        </span>
      }
    >
      <div className={css.stack}>
        <p className={css.muted}>It follows from the objectives: {why[status.determination] ?? ""}</p>
        <span className={own.letters}>
          {requirement.objectives.map((one) => (
            <Letter
              key={one.id}
              letter={one.letter}
              determination={status.objectives.find((entry) => entry.id === one.id)?.determination ?? "not_assessed"}
            />
          ))}
        </span>
        {costs && (
          <Callout>
            {requirement.weight === null ? (
              "Without it there is no score at all."
            ) : (
              <>
                <strong>
                  Costs{" "}
                  {count(
                    status.partial ? (requirement.partialWeight ?? requirement.weight) : requirement.weight,
                    "point",
                  )}
                  .
                </strong>{" "}
                {requirement.partialWeight !== null &&
                  !status.partial &&
                  `With partial credit it costs ${requirement.partialWeight}.`}
              </>
            )}
          </Callout>
        )}
      </div>
    </Section>
  );
}

function ObjectiveRow({
  requirement,
  objective,
  status,
  detail,
  labels,
  open,
  onToggle,
}: {
  requirement: RequirementEntry;
  objective: ObjectiveEntry;
  status: ObjectiveStatus | undefined;
  detail: ControlDetail;
  labels: Map<string, { label: string; cloud: string }>;
  open: boolean;
  onToggle: () => void;
}) {
  const id = useId();
  const items = detail.evidence.filter((one) => one.objectives.includes(objective.id));
  const findings = detail.findings.filter((one) => one.objectives.includes(objective.id));
  const outcomes = ["fail", "unknown", "pass"].flatMap((outcome) => {
    const n = findings.filter((one) => one.outcome === outcome).length;
    return n ? [`${n} ${{ fail: "failing", unknown: "could not check", pass: "passing" }[outcome]}`] : [];
  });
  return (
    <section className={own.row} aria-label={`Objective ${objective.letter}`}>
      <h2>
        <button type="button" className={own.rowHead} aria-expanded={open} aria-controls={id} onClick={onToggle}>
          <span className={own.bracket}>[{objective.letter}]</span>
          <span>{objective.says}</span>
          <span className={classes(css.small, css.muted)}>{count(items.length, "item")}</span>
          <State looks={DETERMINATION} state={status?.determination ?? "not_assessed"} />
          <Icon name={open ? "down" : "right"} />
        </button>
      </h2>
      {(outcomes.length > 0 || status?.evidenceChanged) && (
        <p className={classes(own.rowNote, css.small, status?.evidenceChanged ? css.warn : css.faint)}>
          {outcomes.length > 0 && `Checks: ${outcomes.join(", ")}. `}
          {status?.evidenceChanged && status.decided && (
            <>
              Evidence changed since the {look(DETERMINATION, status.determination).word} decision of{" "}
              <When at={status.decided.at} sentence />.
            </>
          )}
        </p>
      )}
      {open && (
        <div className={own.rowBody} id={id}>
          <Decision requirement={requirement} objective={objective} status={status} />
          <div>
            <h3>Evidence</h3>
            <p className={classes(css.small, css.faint)}>
              Best that services can show: {COVERAGE[objective.coverage] ?? objective.coverage}
            </p>
            {items.length === 0 ? (
              <p className={css.muted}>Nothing collected supports this objective yet.</p>
            ) : (
              <ul className={own.plainList}>
                {items.map((item) => (
                  <li key={item.id} className={classes(css.row, css.wrap)}>
                    <Link to="/evidence" search={{ item: item.id }}>
                      <Text value={item.title} clamp={100} />
                    </Link>
                    <span className={classes(css.small, css.muted)}>
                      <Text value={item.integrationLabel} clamp={60} />, {count(item.rows, "row")},{" "}
                      <When at={item.confirmedAt} sentence />
                    </span>
                    <State looks={COLLECTION} state={item.state} />
                    <State looks={REVIEW} state={item.review} />
                    {item.customHost && <Chip tone="warn">From {item.customHost}</Chip>}
                  </li>
                ))}
              </ul>
            )}
          </div>
          {findings.length > 0 && (
            <div className={css.stack}>
              <h3>Automatic checks</h3>
              <FindingGroups findings={findings} checks={detail.checks} labels={labels} />
            </div>
          )}
        </div>
      )}
    </section>
  );
}
