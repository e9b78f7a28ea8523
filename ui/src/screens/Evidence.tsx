import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useSession } from "../app/session";
import { When } from "../app/When";
import type { PageRecord } from "../ipc/evidence";
import type { ApiError } from "../ipc/generated/ApiError";
import type { EvidenceDetail } from "../ipc/generated/EvidenceDetail";
import type { EvidenceItem } from "../ipc/generated/EvidenceItem";
import { AFTER_COLLECTING, useAnswer, useCommand, useTransport } from "../ipc/hooks";
import { asApiError } from "../ipc/transport";
import {
  Answered,
  Button,
  Callout,
  Chip,
  CopyButton,
  classes,
  css,
  ErrorNote,
  Field,
  SearchBox,
  Section,
  Select,
  State,
} from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import { count, shortDigest } from "../words/format";
import { COLLECTION, REVIEW } from "../words/status";
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
                    <List
                      items={visible}
                      open={open}
                      onOpen={(id) => void navigate({ to: "/evidence", search: { item: id }, replace: true })}
                    />
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

// More would push what the item is about off the screen.
const FEW = 8;

function Objectives({ ids }: { ids: string[] }) {
  return (
    <p className={classes(css.row, css.wrap)}>
      {ids.map((objective) => (
        <Link
          key={objective}
          className={css.id}
          to="/requirements/$id"
          params={{ id: objective.replace(/\[.*/, "") }}
          search={{ objective }}
        >
          {objective}
        </Link>
      ))}
    </p>
  );
}

function Item({ detail }: { detail: EvidenceDetail }) {
  const { item, identity } = detail;
  return (
    <>
      <section className={classes(css.section, css.tight)} aria-label="Summary">
        <h2>
          <Text value={item.title} clamp={120} />
        </h2>
        <p className={classes(css.row, css.wrap)}>
          <State looks={COLLECTION} state={item.state} />
          <State looks={REVIEW} state={item.review} />
          <span className={classes(css.small, css.faint)}>Revision {item.revision}</span>
        </p>
        <p className={css.muted}>
          <Text value={item.what} />
        </p>
        {detail.incomplete && (
          <Callout tone="warn" icon="c-part">
            <Text value={detail.incomplete} />
          </Callout>
        )}
        {item.objectives.length > FEW ? (
          <details>
            <summary className={css.small}>Supports {count(item.objectives.length, "objective")}</summary>
            <Objectives ids={item.objectives} />
          </details>
        ) : (
          <Objectives ids={item.objectives} />
        )}
      </section>
      <div className={css.section}>
        <Tabs>
          <TabList aria-label="Parts of the item" className={css.segments ?? ""}>
            {["Origin", "Records", "Raw", "Revisions"].map((name) => (
              <Tab key={name} id={name} className={css.segment ?? ""}>
                {name}
              </Tab>
            ))}
          </TabList>
          <TabPanel id="Origin" className={css.panel ?? ""}>
            <dl className={css.facts}>
              <dt>Source</dt>
              <dd>
                <Text value={item.integrationLabel} clamp={80} />, {plainText(identity.cloud, 40)}
              </dd>
              <dt>Answered as</dt>
              <dd>
                <Text value={identity.name} clamp={100} />{" "}
                <span className={css.mono}>
                  <Text value={identity.id} clamp={100} />
                </span>
              </dd>
              {identity.customHost && (
                <>
                  <dt>Endpoint</dt>
                  <dd className={css.warn}>
                    Custom: <Text value={identity.customHost} clamp={100} />
                  </dd>
                </>
              )}
              <dt>Dataset</dt>
              <dd className={css.mono}>{plainText(item.dataset)}</dd>
              <dt>First seen</dt>
              <dd>
                <When at={item.collectedAt} whole />
              </dd>
              <dt>Last seen</dt>
              <dd>
                <When at={item.confirmedAt} whole />
              </dd>
              <dt>Size</dt>
              <dd>
                {count(item.rows, "row")}, {count(item.pages, "page")}
              </dd>
              <dt>Content digest</dt>
              <dd className={css.mono}>{plainText(item.contentSha256)}</dd>
              <dt>Snapshot</dt>
              <dd className={css.mono}>{plainText(item.snapshot)}</dd>
            </dl>
            {detail.reperform.length > 0 && (
              <div>
                <h3>See it without this app</h3>
                {detail.reperform.map((step) => (
                  <p key={step} className={css.muted}>
                    <Text value={step} lines clamp={1500} />
                  </p>
                ))}
              </div>
            )}
          </TabPanel>
          <TabPanel id="Records" className={css.panel ?? ""}>
            <Records records={detail.records} rows={item.rows} />
          </TabPanel>
          <TabPanel id="Raw" className={css.panel ?? ""}>
            {detail.pages.map((page, at) => (
              <RawPage key={page.pageSha256} page={page} at={at} />
            ))}
          </TabPanel>
          <TabPanel id="Revisions" className={css.panel ?? ""}>
            <ul className={own.plainList}>
              {detail.revisions.map((one) => (
                <li key={one.revision}>
                  <span className={css.row}>
                    <strong className={css.medium}>Revision {one.revision}</strong>
                    <State looks={REVIEW} state={one.review} />
                  </span>
                  <p className={classes(css.small, css.muted)}>
                    <When at={one.collectedAt} />, last seen <When at={one.confirmedAt} sentence />,{" "}
                    <span className={css.mono}>{shortDigest(one.contentSha256)}</span>
                  </p>
                  {one.reviewed && (
                    <p className={classes(css.small, css.muted)}>
                      <Text value={one.reviewed.by} clamp={80} />, <When at={one.reviewed.at} sentence />
                      {one.reviewed.why && (
                        <>
                          . <Text value={one.reviewed.why} />
                        </>
                      )}
                    </p>
                  )}
                </li>
              ))}
            </ul>
          </TabPanel>
        </Tabs>
      </div>
      <Review item={item} />
    </>
  );
}

const cell = (value: unknown): string =>
  value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

function Records({ records, rows }: { records: Record<string, unknown>[]; rows: number }) {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))].slice(0, 12);
  if (records.length === 0) return <p className={css.muted}>There are no records.</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
      <div className={own.records} tabIndex={0} role="region" aria-label="Records">
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  <Text value={column} clamp={60} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {records.map((record, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: stored records have no other order and never change
              <tr key={at}>
                {columns.map((column) => (
                  <td key={column}>
                    <Text value={cell(record[column])} clamp={160} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes(css.small, css.faint)}>
        {records.length.toLocaleString("en-US")} of {count(rows, "row")} shown. The raw pages hold all.
      </p>
    </>
  );
}

/** Indents what is JSON; what is not stays as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function RawPage({ page, at }: { page: PageRecord; at: number }) {
  const transport = useTransport();
  const [text, setText] = useState("");
  const [next, setNext] = useState<number | null>(0);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const read = async () => {
    setBusy(true);
    setError(null);
    try {
      const part = await transport.call("get_page", { page: page.pageSha256, offset: next ?? 0 });
      setText((before) => before + part.text);
      setNext(part.nextOffset);
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const { method, host, path, query } = page.request;
  const shownText = next === null ? pretty(text) : text;
  return (
    <section className={css.tight} aria-label={`Page ${at + 1}`}>
      <p className={css.mono}>
        <Text value={`${method} ${host}${path}${query ? `?${query.replace(/^\?/, "")}` : ""}`} clamp={300} />
      </p>
      <p className={classes(css.small, css.muted)}>
        Status {page.status}, {count(page.bytes, "byte")},{" "}
        <span className={css.mono}>{shortDigest(page.pageSha256)}</span>
      </p>
      {error && <ErrorNote error={error} />}
      {text && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard
        <pre className={css.code} tabIndex={0} role="region" aria-label={`Raw page ${at + 1}`}>
          <Text value={shownText} lines clamp={20_000} />
        </pre>
      )}
      <div className={classes(css.row, css.wrap)}>
        {next !== null && (
          <Button small busy={busy} onPress={() => void read()}>
            {text ? "Read on" : "Show the page as it was stored"}
          </Button>
        )}
        {text && <CopyButton text={text} label="Copy as stored" />}
      </div>
    </section>
  );
}

function Review({ item }: { item: EvidenceItem }) {
  const { name, setName } = useSession();
  const [why, setWhy] = useState("");
  const [wrong, setWrong] = useState<{ by?: string; why?: string }>({});
  const review = useCommand("review_evidence", AFTER_COLLECTING);
  const send = (verdict: "approved" | "rejected") => {
    const found: { by?: string; why?: string } = {};
    if (!name.trim()) found.by = "Write your name: a review is always a person's.";
    if (verdict === "rejected" && !why.trim()) found.why = "Say why it is rejected.";
    setWrong(found);
    if (found.by || found.why) return;
    review.mutate(
      { id: item.id, revision: item.revision, review: verdict, by: name.trim(), why: why.trim() || null },
      { onSuccess: () => setWhy("") },
    );
  };
  return (
    <Section title="Review">
      <div className={css.stack}>
        <p className={classes(css.small, css.muted)}>
          Approving says that revision {item.revision} is a good artifact. It decides no objective.
        </p>
        <Field
          label="Your name"
          value={name}
          onChange={setName}
          autoComplete="name"
          required
          error={wrong.by ?? null}
        />
        <Field
          label="Why (required for a rejection)"
          kind="multiline"
          rows={2}
          value={why}
          onChange={setWhy}
          error={wrong.why ?? null}
        />
        {review.error && <ErrorNote error={review.error} />}
        <div className={css.row}>
          <Button kind="danger" icon="x" isDisabled={review.isPending} onPress={() => send("rejected")}>
            Reject
          </Button>
          <Button kind="primary" icon="check" busy={review.isPending} onPress={() => send("approved")}>
            Approve
          </Button>
        </div>
      </div>
    </Section>
  );
}
