import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { When } from "../app/When";
import { useWork } from "../app/work";
import type { Integration } from "../ipc/generated/Integration";
import type { ProviderCard } from "../ipc/generated/ProviderCard";
import { useAnswer } from "../ipc/hooks";
import { CUSTOM, type Manifest, readManifest } from "../ipc/manifest";
import { SearchBox } from "../kit/fields";
import { Answered, Button, Chip, classes, css, Monogram, State } from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import { count } from "../words/format";
import { CATEGORY } from "../words/status";
import { Connect } from "./Connect";
import own from "./screens.module.css";

/** How a connection stands, in the words of collecting. */
export const CONNECTION = {
  connected: { word: "Connected", icon: "plug", tone: "info" },
  error: { word: "Needs attention", icon: "alert", tone: "warn" },
  disconnected: { word: "Disconnected", icon: "x", tone: "none" },
} as const;

export function Integrations() {
  const providers = useAnswer("list_providers", {});
  const integrations = useAnswer("list_integrations", { all: false });
  const { job, start } = useWork();
  const [query, setQuery] = useState("");
  const [category, setCategory] = useState("");
  const [connecting, setConnecting] = useState<ProviderCard | null>(null);
  const connected = integrations.data?.integrations ?? [];

  return (
    <div className={css.page}>
      <div className={css.pageHead}>
        <h1>Integrations</h1>
        <span className={css.faint}>{count(connected.length, "connection")}, all read-only</span>
        <span className={classes(css.row, css.push)}>
          <SearchBox label="Find an integration" value={query} onChange={setQuery} />
          <Button
            icon="refresh"
            isDisabled={job?.running || connected.length === 0}
            onPress={() => start("Sync of all integrations", { command: "sync_integration", ids: [] })}
          >
            Sync all
          </Button>
        </span>
      </div>
      <Answered query={providers} what="the services">
        {(known) => {
          const cards = known.providers.map((card) => ({ card, manifest: readManifest(card.manifest) }));
          const categories = [...new Set(cards.map(({ manifest }) => manifest.category))];
          const wanted = query.trim().toLowerCase();
          const visible = cards.filter(
            ({ manifest, card }) =>
              (!category || manifest.category === category) &&
              (!wanted ||
                [manifest.name, manifest.summary, manifest.category, ...card.requirements].some((text) =>
                  text.toLowerCase().includes(wanted),
                )),
          );
          const shownConnections = connected.filter((one) =>
            visible.some(({ card, manifest }) => manifest.id === one.integrationType && card),
          );
          const attention = shownConnections.filter((one) => one.status === "error");
          const fine = shownConnections.filter((one) => one.status !== "error");
          const manifestOf = (one: Integration) =>
            cards.find(({ manifest }) => manifest.id === one.integrationType)?.manifest;
          return (
            <>
              <div className={css.toolbar} role="toolbar" aria-label="Categories">
                {["", ...categories].map((one) => (
                  <button
                    key={one}
                    type="button"
                    className={css.filterChip}
                    aria-pressed={category === one}
                    onClick={() => setCategory(one)}
                  >
                    {one === "" ? "All" : (CATEGORY[one] ?? one)}{" "}
                    {one === "" ? cards.length : cards.filter(({ manifest }) => manifest.category === one).length}
                  </button>
                ))}
              </div>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
              <div className={css.pane} tabIndex={0} role="region" aria-label="Services">
                <Connections title="Needs attention" list={attention} manifestOf={manifestOf} />
                <Connections title="Connected" list={fine} manifestOf={manifestOf} />
                <section className={css.section} aria-label="Services to connect">
                  <div className={css.sectionHead}>
                    <h2>{connected.length ? "Connect another" : "Connect the first service"}</h2>
                    <span className={classes(css.small, css.faint)}>
                      Counts say what a service can say something about, not what will be met.
                    </span>
                  </div>
                  {visible.length === 0 ? (
                    <div className={css.stack}>
                      <p className={css.muted}>No service matches “{plainText(query, 60)}”.</p>
                      <Button
                        onPress={() => {
                          setQuery("");
                          setCategory("");
                        }}
                      >
                        Clear filters
                      </Button>
                    </div>
                  ) : (
                    <ul className={own.cards}>
                      {visible.map(({ card, manifest }) => (
                        <Card key={manifest.id} card={card} manifest={manifest} onConnect={() => setConnecting(card)} />
                      ))}
                    </ul>
                  )}
                </section>
              </div>
            </>
          );
        }}
      </Answered>
      {connecting && <Connect card={connecting} onClose={() => setConnecting(null)} />}
    </div>
  );
}

function Card({ card, manifest, onConnect }: { card: ProviderCard; manifest: Manifest; onConnect: () => void }) {
  const first = card.requirements.slice(0, 3);
  return (
    <li className={own.card}>
      <div className={css.row}>
        <Monogram letters={manifest.monogram} />
        <div className={css.grow}>
          <h3>{plainText(manifest.name, 60)}</h3>
          <p className={classes(css.small, css.faint)}>{CATEGORY[manifest.category] ?? manifest.category}</p>
        </div>
      </div>
      <p className={classes(css.small, css.muted)}>
        <Text value={manifest.summary} />
      </p>
      <div className={classes(css.row, css.wrap)}>
        <span className={css.small}>{count(card.objectives.length, "objective")}</span>
        {first.map((id) => (
          <Chip key={id}>{id}</Chip>
        ))}
        {card.requirements.length > first.length && (
          <span className={classes(css.small, css.faint)}>+{card.requirements.length - first.length}</span>
        )}
      </div>
      <div className={own.cardFoot}>
        <span className={classes(css.small, css.faint, css.grow)}>
          {count(card.datasets.length, "dataset")}, {count(card.checks.length, "check")}
        </span>
        <Button small onPress={onConnect} aria-label={`Connect ${plainText(manifest.name, 60)}`}>
          Connect
        </Button>
      </div>
    </li>
  );
}

function Connections({
  title,
  list,
  manifestOf,
}: {
  title: string;
  list: Integration[];
  manifestOf: (one: Integration) => Manifest | undefined;
}) {
  const { job, start } = useWork();
  if (list.length === 0) return null;
  return (
    <section className={css.section} aria-label={title}>
      <div className={css.sectionHead}>
        <h2>{title}</h2>
      </div>
      <ul className={own.cards}>
        {list.map((one) => {
          const manifest = manifestOf(one);
          const cloud =
            one.cloud === CUSTOM
              ? "Custom endpoint"
              : (manifest?.clouds.find((entry) => entry.id === one.cloud)?.label ?? one.cloud);
          return (
            <li key={one.id} className={own.card}>
              <div className={css.row}>
                <Monogram letters={manifest?.monogram ?? "?"} />
                <div className={css.grow}>
                  <h3>
                    <Link to="/integrations/$id" params={{ id: one.id }}>
                      <Text value={one.label} clamp={60} />
                    </Link>
                  </h3>
                  <p className={classes(css.small, css.faint)}>
                    {plainText(manifest?.name ?? one.integrationType, 60)}, {plainText(cloud, 40)}
                  </p>
                </div>
              </div>
              {one.customHost && <Chip tone="warn">Custom endpoint {plainText(one.customHost, 60)}</Chip>}
              <p className={classes(css.small, css.muted)}>
                {count(one.evidenceCount, "evidence item")}. Checks: {one.checks.fail} failing, {one.checks.unknown}{" "}
                could not check, {one.checks.pass} passing
              </p>
              {one.errorMessage && (
                <p className={classes(css.small, css.warn)}>
                  <Text value={one.errorMessage} />
                </p>
              )}
              {one.credentialExpiry?.warning && (
                <p className={classes(css.small, css.warn)}>
                  <Text value={one.credentialExpiry.warning} />
                </p>
              )}
              <div className={own.cardFoot}>
                <span className={css.grow}>
                  <State looks={CONNECTION} state={one.status} />
                  <br />
                  <span className={classes(css.small, css.faint)}>
                    {one.lastSyncAt ? <When at={one.lastSyncAt} /> : "Never synced"}
                  </span>
                </span>
                <Button
                  small
                  icon="refresh"
                  isDisabled={job?.running}
                  aria-label={`Sync now: ${plainText(one.label, 60)}`}
                  onPress={() => start(`Sync of ${one.label}`, { command: "sync_integration", ids: [one.id] })}
                >
                  Sync now
                </Button>
                <Link
                  className={classes(css.button, css.buttonSmall)}
                  to="/integrations/$id"
                  params={{ id: one.id }}
                  aria-label={`Manage ${plainText(one.label, 60)}`}
                >
                  Manage
                </Link>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
