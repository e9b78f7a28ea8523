import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { When } from "../app/When";
import type { EvidenceItem } from "../ipc/generated/EvidenceItem";
import { useAnswer } from "../ipc/hooks";
import { SearchBox, Select } from "../kit/fields";
import { Answered, Button, Chip, classes, css, State } from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import { count } from "../words/format";
import { COLLECTION, REVIEW } from "../words/status";
import { Import } from "./evidence/Import";
import { Item } from "./evidence/Item";
import { JudgeAgain } from "./evidence/JudgeAgain";
import own from "./screens.module.css";

const evidenceRoute = getRouteApi("/evidence");

const options = (looks: Record<string, { word: string }>, leaveOut: string[] = []) =>
  Object.entries(looks)
    .filter(([value]) => !leaveOut.includes(value))
    .map(([value, { word }]) => ({ value, label: word }));

export function Evidence() {
  const { item } = evidenceRoute.useSearch();
  const navigate = useNavigate();
  const [review, setReview] = useState("");
  const [state, setState] = useState("");
  const [query, setQuery] = useState("");
  const [importing, setImporting] = useState(false);
  const show = (id: string) => void navigate({ to: "/evidence", search: { item: id }, replace: true });
  const list = useAnswer("list_evidence", { integration: null, requirement: null, review: null, state: null });
  const all = list.data?.evidence ?? [];
  const toReview = all.filter((one) => one.review === "to_review").length;
  return (
    <div className={classes(css.page, own.evidence)}>
      <div className={css.pageHead}>
        <h1>Evidence</h1>
        <span className={css.faint}>
          {count(all.length, "item")}, {toReview} to review
        </span>
        <span className={classes(css.row, css.push)}>
          {all.length > 0 && <JudgeAgain />}
          <Button onPress={() => setImporting(true)}>Import</Button>
        </span>
        {importing && <Import onClose={() => setImporting(false)} onOpen={show} />}
      </div>
      <Answered query={list} what="the evidence">
        {({ evidence }) => {
          const wanted = query.trim().toLowerCase();
          const visible = evidence.filter(
            (one) =>
              (!review || one.review === review) &&
              (!state || one.state === state) &&
              (!wanted ||
                [one.title, one.what, one.integrationLabel, one.dataset, ...one.objectives].some((text) =>
                  text.toLowerCase().includes(wanted),
                )),
          );
          if (evidence.length === 0) {
            return (
              <div className={css.empty}>
                <h2>No evidence yet</h2>
                <p className={css.muted}>
                  Each dataset of a connected service becomes one item here, dated and with its digest.
                </p>
                <Link className={classes(css.button, css.primary)} to="/integrations">
                  Connect a service
                </Link>
              </div>
            );
          }
          const clear = () => {
            setReview("");
            setState("");
            setQuery("");
          };
          const open = item ?? visible[0]?.id;
          return (
            <>
              <div className={css.toolbar} role="toolbar" aria-label="Filters">
                <SearchBox label="Filter evidence" value={query} onChange={setQuery} />
                <Select
                  label="Review"
                  hideLabel
                  small
                  value={review}
                  onChange={setReview}
                  options={[{ value: "", label: "Review: all" }, ...options(REVIEW)]}
                />
                <Select
                  label="State"
                  hideLabel
                  small
                  value={state}
                  onChange={setState}
                  options={[{ value: "", label: "State: all" }, ...options(COLLECTION, ["never", "running"])]}
                />
                {(review || state || query) && (
                  <Button small kind="ghost" onPress={clear}>
                    Clear filters
                  </Button>
                )}
                <span className={classes(css.small, css.muted, css.push)} role="status">
                  Showing {visible.length} of {evidence.length}
                </span>
              </div>
              <div className={css.panes}>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
                <div className={css.pane} tabIndex={0} role="region" aria-label="List of evidence">
                  {visible.length === 0 ? (
                    <div className={css.empty}>
                      <h2>No evidence matches these filters</h2>
                      <Button onPress={clear}>Clear filters</Button>
                    </div>
                  ) : (
                    <List items={visible} open={open} onOpen={show} />
                  )}
                </div>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
                <aside className={css.inspector} aria-label="Evidence item" tabIndex={0}>
                  {open && <Inspector key={open} id={open} />}
                </aside>
              </div>
            </>
          );
        }}
      </Answered>
    </div>
  );
}

function List({
  items,
  open,
  onOpen,
}: {
  items: EvidenceItem[];
  open: string | undefined;
  onOpen: (id: string) => void;
}) {
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">Evidence</th>
          <th scope="col">Source</th>
          <th scope="col" className={own.wide}>
            Supports
          </th>
          <th scope="col">Last seen</th>
          <th scope="col">State</th>
          <th scope="col">Review</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id} className={one.id === open ? css.selected : undefined}>
            <th scope="row">
              <button
                type="button"
                className={css.rowButton}
                aria-current={one.id === open ? "true" : undefined}
                onClick={() => onOpen(one.id)}
              >
                {plainText(one.title, 100)}
              </button>
            </th>
            <td>
              <Text value={one.integrationLabel} clamp={50} />
              {one.imported && (
                <>
                  {" "}
                  <Chip tone="out">Imported</Chip>
                </>
              )}
              {one.customHost && (
                <>
                  {" "}
                  <Chip tone="warn">Custom endpoint {plainText(one.customHost, 60)}</Chip>
                </>
              )}
            </td>
            <td className={classes(css.small, css.muted, own.wide)}>
              {one.objectives.slice(0, 2).join(", ")}
              {one.objectives.length > 2 && ` +${one.objectives.length - 2}`}
            </td>
            <td className={css.when}>
              <When at={one.confirmedAt} />
            </td>
            <td>
              <State looks={COLLECTION} state={one.state} />
            </td>
            <td>
              <State looks={REVIEW} state={one.review} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Inspector({ id }: { id: string }) {
  const detail = useAnswer("get_evidence", { id });
  return (
    <Answered query={detail} what="the item">
      {(found) => <Item detail={found} />}
    </Answered>
  );
}
