import { useVirtualizer } from "@tanstack/react-virtual";
import { useId, useMemo, useRef, useState } from "react";
import { When } from "../app/When";
import type { Finding, Resource } from "../ipc/evidence";
import type { CheckInfo } from "../ipc/generated/CheckInfo";
import { useOpenLink } from "../ipc/hooks";
import { SearchBox } from "../kit/fields";
import { Icon } from "../kit/Icon";
import { Button, Chip, CopyButton, classes, css, State } from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import { look, OUTCOME, REASON, SEVERITY } from "../words/status";
import own from "./screens.module.css";

/** How much was looked at: counts, never percentages. */
export function population(finding: Finding): string {
  const { seen, total, complete } = finding.population;
  const failing = finding.resources.filter((one) => one.outcome === "fail").length;
  const whole =
    total === null
      ? seen.toLocaleString("en-US")
      : `${seen.toLocaleString("en-US")} of ${total.toLocaleString("en-US")}`;
  const looked = `${whole} looked at${complete ? "" : ", not everything"}`;
  return failing ? `${failing.toLocaleString("en-US")} failing, ${looked}` : looked;
}

/** One check's answer, with the failing resources, the remedy and how to see it by hand. */
export function FindingCard({
  finding,
  check,
  cloud,
}: {
  finding: Finding;
  check: CheckInfo | undefined;
  cloud: string | undefined;
}) {
  const [open, setOpen] = useState(false);
  const openLink = useOpenLink();
  const id = useId();
  const console_ = check ? ((cloud && check.console[cloud]) ?? check.console["*"]) : undefined;
  const used = Object.entries(finding.parameters);
  return (
    <div className={own.finding}>
      <button
        type="button"
        className={own.findingHead}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <State
          looks={OUTCOME}
          state={finding.outcome}
          note={finding.reason ? (REASON[finding.reason.code] ?? finding.reason.code) : undefined}
        />
        <span>
          {plainText(finding.title)}
          {finding.imported && (
            <>
              {" "}
              <Chip tone="out">
                Imported: {plainText(finding.imported.tool, 40)} {plainText(finding.imported.version ?? "", 40)},{" "}
                <When at={finding.collectedAt} />
              </Chip>
            </>
          )}
        </span>
        <span className={classes(css.small, css.muted)}>{population(finding)}</span>
      </button>
      {open && (
        <div className={own.findingBody} id={id}>
          <p className={classes(css.row, css.wrap)}>
            <Chip tone="out">{SEVERITY[finding.severity] ?? finding.severity}</Chip>
            {finding.objectives.map((objective) => (
              <span key={objective} className={css.id}>
                {objective}
              </span>
            ))}
            <span className={classes(css.small, css.faint)}>
              <When at={finding.collectedAt} />
            </span>
            {finding.custom && <Chip tone="warn">From a custom endpoint</Chip>}
          </p>
          {finding.reason && (
            <p className={css.warn}>
              <Text value={finding.reason.detail} />
            </p>
          )}
          {finding.imported && (
            <p className={css.muted}>
              <Text value={finding.imported.file} clamp={120} />, imported <When at={finding.imported.at} sentence />.
              This app did not look itself. <span className={css.id}>{plainText(finding.check)}</span>
            </p>
          )}
          {finding.lastKnown && (
            <p className={css.muted}>
              Last known: {look(OUTCOME, finding.lastKnown.outcome).word},{" "}
              <When at={finding.lastKnown.collectedAt} sentence />. It no longer counts.
            </p>
          )}
          {finding.resources.length > 0 && <Resources resources={finding.resources} />}
          {used.length > 0 && (
            <dl className={css.facts}>
              {used.map(([key, value]) => (
                <Pair
                  key={key}
                  name={plainText(key)}
                  value={typeof value === "string" ? value : JSON.stringify(value)}
                />
              ))}
            </dl>
          )}
          {check && (
            <>
              <div>
                <h3>How to mend it</h3>
                <p>
                  <Text value={check.remedy} lines clamp={2000} />
                </p>
                {console_ && (
                  <Button small icon="external" onPress={() => openLink(console_)}>
                    Open the console
                  </Button>
                )}
              </div>
              <div className={css.tight}>
                <h3>See it without this app</h3>
                <p>
                  <Text value={check.reperformPortal} lines clamp={2000} />
                </p>
                {check.reperformCommand && (
                  <>
                    <pre className={css.code}>
                      <Text value={check.reperformCommand} lines clamp={4000} />
                    </pre>
                    <CopyButton text={check.reperformCommand} label="Copy command" />
                  </>
                )}
              </div>
              <p className={classes(css.id)}>
                {plainText(check.id)} ({plainText(check.alias)}), version {finding.checkVersion}
              </p>
            </>
          )}
        </div>
      )}
    </div>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Text value={value} />
      </dd>
    </>
  );
}

// Above this only what is visible is drawn; below it a plain list is simpler to read for everybody.
const DRAW_ALL = 60;

const RESOURCES = "Failing and unknown resources";

export function Resources({ resources }: { resources: Resource[] }) {
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const shown = useMemo(
    () =>
      wanted
        ? resources.filter((one) =>
            [one.name, one.id, one.type, one.note].some((text) => text.toLowerCase().includes(wanted)),
          )
        : resources,
    [resources, wanted],
  );
  return (
    <div className={css.tight}>
      {resources.length > 8 && (
        <div className={css.row}>
          <SearchBox label="Filter resources" value={query} onChange={setQuery} />
          <span className={classes(css.small, css.muted)} role="status">
            Showing {shown.length.toLocaleString("en-US")} of {resources.length.toLocaleString("en-US")}
          </span>
        </div>
      )}
      {shown.length <= DRAW_ALL ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard
        <div className={own.resources} tabIndex={0} role="group" aria-label={RESOURCES}>
          <ul>
            {shown.map((one) => (
              <li key={`${one.type}:${one.id}`}>
                <ResourceLine resource={one} />
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <ManyResources resources={shown} />
      )}
    </div>
  );
}

function ManyResources({ resources }: { resources: Resource[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: resources.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 36,
    overscan: 12,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard
    <div className={own.resources} ref={scroller} tabIndex={0} role="group" aria-label={RESOURCES}>
      <ul className={own.virtual} style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map((item) => {
          const resource = resources[item.index];
          return resource ? (
            <li
              key={item.key}
              ref={list.measureElement}
              data-index={item.index}
              aria-setsize={resources.length}
              aria-posinset={item.index + 1}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <ResourceLine resource={resource} />
            </li>
          ) : null;
        })}
      </ul>
    </div>
  );
}

function ResourceLine({ resource }: { resource: Resource }) {
  return (
    <>
      <State looks={OUTCOME} state={resource.outcome} />
      <span>
        <Text value={resource.name || resource.id} clamp={120} />
        <br />
        <span className={classes(css.small, css.faint)}>
          <Text value={resource.type} clamp={60} />
        </span>
      </span>
      <span className={css.muted}>
        <Text value={resource.note} clamp={240} />
      </span>
    </>
  );
}

/** Findings under the name of their connection, the worst first. */
export function FindingGroups({
  findings,
  checks,
  labels,
}: {
  findings: Finding[];
  checks: CheckInfo[];
  labels: Map<string, { label: string; cloud: string }>;
}) {
  const order = ["fail", "unknown", "pass", "not_applicable"];
  const byIntegration = new Map<string, Finding[]>();
  for (const finding of findings) {
    byIntegration.set(finding.integrationId, [...(byIntegration.get(finding.integrationId) ?? []), finding]);
  }
  return (
    <>
      {[...byIntegration].map(([id, group]) => (
        <div key={id} className={css.tight}>
          <h3 className={css.row}>
            <Icon name="plug" size={14} />
            <Text value={labels.get(id)?.label ?? id} clamp={80} />
          </h3>
          {[...group]
            .sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))
            .map((finding) => (
              <FindingCard
                key={finding.check}
                finding={finding}
                check={checks.find((one) => one.id === finding.check)}
                cloud={labels.get(id)?.cloud}
              />
            ))}
        </div>
      ))}
    </>
  );
}
