import { Link } from "@tanstack/react-router";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { When } from "../../app/When";
import type { EvidenceDetail } from "../../ipc/generated/EvidenceDetail";
import type { ImportOrigin } from "../../ipc/generated/ImportOrigin";
import { Callout, Chip, classes, css, State } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import { count, shortDigest } from "../../words/format";
import { COLLECTION, REVIEW } from "../../words/status";
import own from "../screens.module.css";
import { RawPage } from "./RawPage";
import { Records } from "./Records";
import { Review } from "./Review";

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

/** Which tool wrote the file, and who brought it. */
function ImportedFrom({ from }: { from: ImportOrigin }) {
  return (
    <dl className={css.facts}>
      <dt>Tool</dt>
      <dd>
        {from.tool} {plainText(from.version ?? "", 40)}
      </dd>
      <dt>File</dt>
      <dd>
        <Text value={from.file} clamp={120} />, {count(from.bytes, "byte")}
      </dd>
      <dt>File digest</dt>
      <dd className={css.mono}>{plainText(from.sha256)}</dd>
      <dt>Made</dt>
      <dd>
        <When at={from.madeAt} whole />
      </dd>
      <dt>Imported</dt>
      <dd>
        <Text value={from.by} clamp={80} />, <When at={from.importedAt} whole />
      </dd>
    </dl>
  );
}

/** Everything about one item: where it is from, what it holds, how it came about, and its review. */
export function Item({ detail }: { detail: EvidenceDetail }) {
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
          {item.imported && <Chip tone="out">Imported</Chip>}
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
            {item.imported && <ImportedFrom from={item.imported} />}
            <dl className={css.facts}>
              <dt>Source</dt>
              <dd>
                <Text value={item.integrationLabel} clamp={80} />, {plainText(identity.cloud, 40)}
              </dd>
              <dt>{item.imported ? "Speaks of" : "Answered as"}</dt>
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
              // biome-ignore lint/suspicious/noArrayIndexKey: two regions may answer the same; stored pages have a fixed order
              <RawPage key={at} page={page} at={at} />
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
