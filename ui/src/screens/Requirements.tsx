import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useKeys } from "../app/keys";
import { useSession } from "../app/session";
import type { Catalogue } from "../ipc/generated/Catalogue";
import type { RequirementEntry } from "../ipc/generated/RequirementEntry";
import type { RequirementStatus } from "../ipc/generated/RequirementStatus";
import { useAnswer } from "../ipc/hooks";
import { SearchBox, Select } from "../kit/fields";
import { Answered, Button, Chip, classes, css, Letter, Section, State } from "../kit/kit";
import { automatic, collectionOf, determinationOf, type Filters, filterRows, type Row, rowsOf } from "../words/filter";
import { count } from "../words/format";
import { COLLECTION, COVERAGE, DETERMINATION, INDICATION } from "../words/status";
import own from "./screens.module.css";

const requirementsRoute = getRouteApi("/requirements");

export function Requirements() {
  const catalogue = useAnswer("catalogue", {});
  const status = useAnswer("get_status", { controlId: null });
  return (
    <div className={classes(css.page, own.requirements)}>
      <div className={css.pageHead}>
        <h1>Requirements</h1>
      </div>
      <Answered query={catalogue} what="the catalog">
        {(known) => (
          <Answered query={status} what="the status">
            {(now) => <List catalogue={known} statuses={now.requirements} />}
          </Answered>
        )}
      </Answered>
    </div>
  );
}

const optionsOf = (looks: Record<string, { word: string }>) =>
  Object.entries(looks).map(([value, { word }]) => ({ value, label: word }));

function List({ catalogue, statuses }: { catalogue: Catalogue; statuses: RequirementStatus[] }) {
  const { company } = useSession();
  const filters = requirementsRoute.useSearch();
  const navigate = useNavigate();
  const level = company.profile.level;
  const rows = rowsOf(catalogue, statuses, level);
  const visible = filterRows(rows, filters);
  const selected = visible.find((row) => row.key === filters.selected) ?? visible[0];
  const set = (change: Filters & { selected?: string | undefined }) =>
    void navigate({ to: "/requirements", search: { ...filters, ...change }, replace: true });
  const table = useRef<HTMLTableElement>(null);
  const filtered = Boolean(
    filters.q || filters.status || filters.state || filters.points || filters.coverage || filters.family,
  );

  // J and K walk through the list, Enter opens: only while the list itself has the focus.
  useEffect(() => {
    const element = table.current;
    const onKey = (event: KeyboardEvent) => {
      const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      const buttons = [...(element?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
      const at = buttons.indexOf(document.activeElement as HTMLElement);
      if (at < 0) return;
      event.preventDefault();
      buttons[at + step]?.focus();
    };
    element?.addEventListener("keydown", onKey);
    return () => element?.removeEventListener("keydown", onKey);
  }, []);

  useKeys({
    n: () => {
      const from = selected ? visible.indexOf(selected) + 1 : 0;
      const next = [...visible.slice(from), ...visible.slice(0, from)].find(
        (row) => determinationOf(row) === "not_assessed",
      );
      if (!next) return;
      set({ selected: next.key });
      table.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(next.key)}"]`)?.focus();
    },
  });

  const filter = (label: string, key: keyof Filters, options: { value: string; label: string }[]) => (
    <Select
      label={label}
      hideLabel
      small
      value={filters[key] ?? ""}
      onChange={(value) => set({ [key]: value || undefined })}
      options={[{ value: "", label: `${label}: all` }, ...options]}
    />
  );

  const families = catalogue.families.filter((family) => rows.some((row) => row.family === family.code));
  return (
    <>
      <Progress rows={rows} />
      <div className={css.toolbar} role="toolbar" aria-label="Filters">
        <SearchBox label="Filter requirements" value={filters.q ?? ""} onChange={(q) => set({ q: q || undefined })} />
        {filter("Status", "status", optionsOf(DETERMINATION))}
        {filter(
          "Evidence",
          "state",
          optionsOf(COLLECTION).filter((one) => one.value !== "running"),
        )}
        {filter(
          "Automatic",
          "coverage",
          Object.entries(COVERAGE).map(([value, label]) => ({ value, label })),
        )}
        {level !== 1 &&
          filter("Points", "points", [
            { value: "5", label: "5 points" },
            { value: "3", label: "3 points" },
            { value: "1", label: "1 point" },
            { value: "none", label: "No score without it" },
          ])}
        {filter(
          "Family",
          "family",
          families.map((family) => ({ value: family.code, label: `${family.code} ${family.name}` })),
        )}
        {filtered && (
          <Button small kind="ghost" onPress={() => void navigate({ to: "/requirements", search: {}, replace: true })}>
            Clear filters
          </Button>
        )}
        <span className={classes(css.small, css.muted, css.push)} role="status">
          Showing {visible.length} of {rows.length}
        </span>
      </div>
      <div className={css.panes}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
        <div className={css.pane} tabIndex={0} role="region" aria-label="List of requirements">
          {visible.length === 0 ? (
            <div className={css.empty}>
              <h2>No requirement matches these filters</h2>
              <p className={css.muted}>All {rows.length} are still there.</p>
              <Button onPress={() => void navigate({ to: "/requirements", search: {}, replace: true })}>
                Clear filters
              </Button>
            </div>
          ) : (
            <table className={css.table} ref={table}>
              <thead>
                <tr>
                  <th scope="col">Requirement</th>
                  <th scope="col">Title</th>
                  <th scope="col">Objectives</th>
                  <th scope="col">Evidence</th>
                  <th scope="col" className={own.wide}>
                    Automatic
                  </th>
                  {level !== 1 && (
                    <th scope="col" className={classes(css.right, own.wide)}>
                      Points
                    </th>
                  )}
                  <th scope="col">Result</th>
                </tr>
              </thead>
              {families.map((family) => {
                const members = visible.filter((row) => row.family === family.code);
                if (members.length === 0) return null;
                const assessed = members.filter((row) => determinationOf(row) !== "not_assessed").length;
                return (
                  <tbody key={family.code}>
                    <tr className={css.group}>
                      <th colSpan={level === 1 ? 6 : 7} scope="rowgroup">
                        <span className={css.row}>
                          <span className={css.id}>{family.code}</span>
                          {family.name}
                          <span className={classes(css.small, css.faint)}>
                            {assessed} of {members.length} assessed
                          </span>
                        </span>
                      </th>
                    </tr>
                    {members.map((row) => (
                      <tr key={row.key} className={row.key === selected?.key ? css.selected : undefined}>
                        <td className={css.id}>{row.label}</td>
                        <th scope="row">
                          <button
                            type="button"
                            data-row={row.key}
                            className={css.rowButton}
                            aria-current={row.key === selected?.key ? "true" : undefined}
                            onClick={() => set({ selected: row.key })}
                            onDoubleClick={() =>
                              void navigate({ to: "/requirements/$id", params: { id: row.requirement.id } })
                            }
                          >
                            {row.title}
                          </button>
                        </th>
                        <td>
                          <span className={own.letters}>
                            {row.parts.flatMap((part) =>
                              part.requirement.objectives.map((objective) => (
                                <Letter
                                  key={objective.id}
                                  letter={objective.letter}
                                  determination={
                                    part.status.objectives.find((one) => one.id === objective.id)?.determination ??
                                    "not_assessed"
                                  }
                                />
                              )),
                            )}
                          </span>
                        </td>
                        <td>
                          <State looks={COLLECTION} state={collectionOf(row)} compact />
                        </td>
                        <td className={classes(css.small, css.muted, own.wide)}>
                          {COVERAGE[automatic(row.requirement)]}
                        </td>
                        {level !== 1 && (
                          <td className={classes(css.right, css.number, own.wide)}>{row.requirement.weight ?? "—"}</td>
                        )}
                        <td>
                          <State looks={DETERMINATION} state={determinationOf(row)} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                );
              })}
            </table>
          )}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
        <aside className={css.inspector} aria-label="Preview" tabIndex={0}>
          {selected && <Preview row={selected} />}
        </aside>
      </div>
    </>
  );
}

function Progress({ rows }: { rows: Row[] }) {
  const of = (state: string) => rows.filter((row) => determinationOf(row) === state).length;
  const open = of("not_assessed");
  const parts = [
    ["met", css.barGood],
    ["not_met", css.barBad],
    ["not_applicable", css.barNa],
    ["not_assessed", css.barNone],
  ] as const;
  return (
    <div className={own.progress}>
      <span className={classes(css.medium, css.number)}>
        {rows.length - open} of {rows.length} assessed
      </span>
      <div className={css.bar} aria-hidden="true">
        {parts.map(([state, colour]) => (
          <span key={state} className={colour} style={{ width: `${(of(state) / Math.max(1, rows.length)) * 100}%` }} />
        ))}
      </div>
      <span className={own.legend}>
        {parts.map(([state]) => (
          <span key={state}>
            <span className={classes(css.small, css.number)}>{of(state)}</span>
            <State looks={DETERMINATION} state={state} />
          </span>
        ))}
      </span>
    </div>
  );
}

const POAM: Record<string, string> = {
  allowed: "May wait on a POA&M",
  when_partial: "May wait on a POA&M when partly met",
  never: "Never on a POA&M",
};

/** What a requirement costs and whether it may wait. Level 1 has neither points nor plans: all has to be met. */
export function AtStake({ requirement }: { requirement: RequirementEntry }) {
  if (useSession().company.profile.level === 1) return null;
  return (
    <>
      <Chip tone="out">{requirement.weight === null ? "No score without it" : count(requirement.weight, "point")}</Chip>
      <Chip tone="out">{POAM[requirement.poam] ?? requirement.poam}</Chip>
    </>
  );
}

export function Preview({ row }: { row: Row }) {
  return (
    <>
      {row.parts.map(({ requirement, status }) => {
        const decided = status.objectives.filter((one) => one.determination !== "not_assessed").length;
        return (
          <div key={requirement.id}>
            <section className={classes(css.section, css.tight)} aria-label={requirement.title}>
              <div className={css.row}>
                <span className={css.id}>
                  {row.label === requirement.cmmcId ? row.label : `${row.label} (${requirement.id})`}
                </span>
                <span className={css.push}>
                  <State looks={DETERMINATION} state={status.determination} />
                </span>
              </div>
              <h2>{requirement.title}</h2>
              <p className={css.muted}>{requirement.says}</p>
              <div className={classes(css.row, css.wrap)}>
                <AtStake requirement={requirement} />
              </div>
              {status.checks.pass + status.checks.fail + status.checks.unknown > 0 && (
                <p>
                  <State looks={INDICATION} state={status.indication} />
                </p>
              )}
              <p>
                <Link
                  className={classes(css.button, css.primary)}
                  to="/requirements/$id"
                  params={{ id: requirement.id }}
                >
                  Open {requirement.id}
                </Link>
              </p>
            </section>
            <Section
              title="Objectives"
              aside={
                <span className={classes(css.small, css.faint, css.push)}>
                  {decided} of {requirement.objectives.length} assessed
                </span>
              }
            >
              {requirement.objectives.map((objective) => {
                const one = status.objectives.find((entry) => entry.id === objective.id);
                return (
                  <div key={objective.id} className={own.objective}>
                    <Letter letter={objective.letter} determination={one?.determination ?? "not_assessed"} />
                    <span>{objective.says}</span>
                  </div>
                );
              })}
            </Section>
          </div>
        );
      })}
    </>
  );
}
