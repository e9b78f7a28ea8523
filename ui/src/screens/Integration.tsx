import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { When } from "../app/When";
import { useWork } from "../app/work";
import type { IntegrationDetail } from "../ipc/generated/IntegrationDetail";
import { AFTER_COLLECTING, useAnswer, useCommand } from "../ipc/hooks";
import { CUSTOM, readManifest } from "../ipc/manifest";
import { Icon } from "../kit/Icon";
import { Answered, Button, Callout, Chip, classes, css, Dialog, ErrorNote, Monogram, Section, State } from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import { count } from "../words/format";
import { COLLECTION, OUTCOME } from "../words/status";
import { Permissions } from "./connect/Permissions";
import { Reconnect } from "./connect/Reconnect";
import { FindingCard } from "./FindingCard";
import { CONNECTION } from "./Integrations";
import { RunList } from "./RunList";
import own from "./screens.module.css";

const integrationRoute = getRouteApi("/integrations/$id");

export function Integration() {
  const { id } = integrationRoute.useParams();
  const detail = useAnswer("get_integration", { id });
  return (
    <Answered query={detail} what="the connection">
      {(found) => <Detail detail={found} />}
    </Answered>
  );
}

function Detail({ detail }: { detail: IntegrationDetail }) {
  const { integration } = detail;
  const providers = useAnswer("list_providers", {});
  const { job, start } = useWork();
  const navigate = useNavigate();
  const [outcome, setOutcome] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const [signingIn, setSigningIn] = useState(false);
  const test = useCommand("test_integration");
  const remove = useCommand("remove_integration", AFTER_COLLECTING);
  const card = providers.data?.providers.find((one) => readManifest(one.manifest).id === integration.integrationType);
  const manifest = card ? readManifest(card.manifest) : undefined;
  const cloud =
    integration.cloud === CUSTOM
      ? "Custom endpoint"
      : (manifest?.clouds.find((one) => one.id === integration.cloud)?.label ?? integration.cloud);
  const good = detail.datasets.filter((one) => one.state === "current").length;
  const order = ["fail", "unknown", "not_applicable", "pass"];
  const findings = detail.findings
    .filter((one) => !outcome || one.outcome === outcome)
    .sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  const gone = integration.status === "disconnected";
  const inPerson = Boolean(manifest?.auth.find((one) => one.id === integration.config.auth)?.interactive);
  const signInAgain = (
    <Button small icon="key" onPress={() => setSigningIn(true)}>
      Sign in again
    </Button>
  );

  return (
    <div className={css.page}>
      <div className={css.pageHead}>
        <nav aria-label="Path" className={css.crumbs}>
          <Link to="/integrations">Integrations</Link> /
        </nav>
        <Monogram letters={manifest?.monogram ?? "?"} small />
        <h1>
          <Text value={integration.label} clamp={80} />
        </h1>
        <Chip tone="out">{plainText(cloud, 40)}</Chip>
        <State looks={CONNECTION} state={integration.status} />
        <span className={classes(css.row, css.push)}>
          <Button
            kind="primary"
            icon="refresh"
            isDisabled={gone || job?.running}
            onPress={() =>
              start(`Sync of ${integration.label}`, { command: "sync_integration", ids: [integration.id] })
            }
          >
            Sync now
          </Button>
        </span>
      </div>
      {integration.errorMessage && (
        <div className={css.strip} role="note">
          <Icon name="alert" />
          <Text value={integration.errorMessage} />
          {inPerson && !gone && <span className={css.push}>{signInAgain}</span>}
        </div>
      )}
      {integration.credentialExpiry?.warning && !gone && (
        <div className={css.strip} role="note">
          <Icon name="clock" />
          <Text value={`${integration.credentialExpiry.warning} ${integration.credentialExpiry.fix}`} />
        </div>
      )}
      <div className={css.panes}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
        <div className={css.pane} tabIndex={0} role="region" aria-label="Datasets and checks">
          <Section
            title="Datasets"
            aside={
              <span className={classes(css.small, css.faint)}>
                {good} of {detail.datasets.length} collected
              </span>
            }
          >
            <table className={classes(css.table, css.flat)}>
              <thead>
                <tr>
                  <th scope="col">Dataset</th>
                  <th scope="col">State</th>
                  <th scope="col" className={css.right}>
                    Rows
                  </th>
                  <th scope="col">Collected</th>
                </tr>
              </thead>
              <tbody>
                {detail.datasets.map((one) => (
                  <tr key={one.dataset.id}>
                    <th scope="row">
                      <Text value={one.dataset.title} clamp={80} />
                      <p className={classes(css.small, css.faint)}>
                        <Text value={one.dataset.what} clamp={160} />
                      </p>
                    </th>
                    <td>
                      <State looks={COLLECTION} state={one.state} />
                      {one.reason && (
                        <p className={classes(css.small, css.warn)}>
                          <Text value={one.reason} />
                        </p>
                      )}
                    </td>
                    <td className={classes(css.right, css.number)}>{one.rows?.toLocaleString("en-US") ?? "—"}</td>
                    <td className={css.when}>{one.collectedAt ? <When at={one.collectedAt} /> : "Never"}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Section>
          <Section
            title="Checks by outcome"
            aside={<span className={classes(css.small, css.faint)}>{count(detail.findings.length, "check")}</span>}
          >
            <div className={css.stack}>
              <div className={own.outcomes} role="toolbar" aria-label="Filter by outcome">
                {["pass", "fail", "not_applicable", "unknown"].map((one) => (
                  <button
                    key={one}
                    type="button"
                    className={own.outcome}
                    aria-pressed={outcome === one}
                    onClick={() => setOutcome(outcome === one ? null : one)}
                  >
                    <strong>{detail.findings.filter((entry) => entry.outcome === one).length}</strong>
                    <State looks={OUTCOME} state={one} />
                  </button>
                ))}
              </div>
              <div>
                {findings.length === 0 ? (
                  <p className={css.muted}>
                    {outcome ? "No check has this outcome." : "Nothing has been checked yet: sync first."}
                  </p>
                ) : (
                  findings.map((finding) => (
                    <FindingCard
                      key={finding.check}
                      finding={finding}
                      check={card?.checks.find((one) => one.id === finding.check)}
                      cloud={integration.cloud === CUSTOM ? integration.config.like : integration.cloud}
                    />
                  ))
                )}
              </div>
            </div>
          </Section>
          <Section title="Runs">
            <RunList runs={detail.runs} />
          </Section>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
        <aside className={css.inspector} aria-label="Connection" tabIndex={0}>
          <Section title="Connection">
            <dl className={css.facts}>
              <dt>Service</dt>
              <dd>{plainText(manifest?.name ?? integration.integrationType, 60)}</dd>
              <dt>Answers as</dt>
              <dd>
                <Text value={integration.identityName} clamp={100} />
                <br />
                <span className={css.mono}>
                  <Text value={integration.identityId} clamp={100} />
                </span>
              </dd>
              {integration.customHost && (
                <>
                  <dt>Endpoint</dt>
                  <dd className={css.warn}>
                    Custom: <Text value={integration.customHost} clamp={100} />
                  </dd>
                </>
              )}
              {integration.config.auth && (
                <ConfigPair
                  name="Signs in by"
                  value={
                    manifest?.auth.find((one) => one.id === integration.config.auth)?.label ?? integration.config.auth
                  }
                />
              )}
              {integration.config.like && (
                <ConfigPair
                  name="Behaves like"
                  value={
                    manifest?.clouds.find((one) => one.id === integration.config.like)?.label ?? integration.config.like
                  }
                />
              )}
              {Object.entries(integration.config)
                .filter(([key]) => !["auth", "cloud", "like"].includes(key))
                .map(([key, value]) => (
                  <ConfigPair
                    key={key}
                    name={manifest?.fields.find((field) => field.name === key)?.label ?? key}
                    value={value}
                  />
                ))}
              <dt>Connected</dt>
              <dd>
                <When at={integration.createdAt} />
              </dd>
              <dt>Last sync</dt>
              <dd>{integration.lastSyncAt ? <When at={integration.lastSyncAt} /> : "Never"}</dd>
              <dt>Next sync</dt>
              <dd>{integration.nextSyncAt ? <When at={integration.nextSyncAt} /> : "Not planned"}</dd>
              {integration.credentialExpiry && (
                <>
                  <dt>Credentials end</dt>
                  <dd>
                    <When at={integration.credentialExpiry.at} />
                  </dd>
                </>
              )}
            </dl>
          </Section>
          {!gone && (
            <Section title="Permissions">
              <div className={css.stack}>
                <Button
                  small
                  icon="refresh"
                  busy={test.isPending}
                  onPress={() =>
                    test.mutate({ id: integration.id, integrationType: null, config: {}, credentials: {} })
                  }
                >
                  Test connection
                </Button>
                {test.error && (
                  <ErrorNote error={test.error}>
                    {test.error.class === "authentication" && manifest && signInAgain}
                  </ErrorNote>
                )}
                {test.data && <Permissions permissions={test.data.permissions} />}
              </div>
            </Section>
          )}
          {!gone && manifest && (
            <Section title="Sign-in">
              <div className={css.stack}>
                <p className={css.muted}>
                  {inPerson
                    ? "Somebody signed in for this connection. When the service wants that again, do it here."
                    : "When its secret ends or changes, enter the new one here. Nothing that was collected is lost."}
                </p>
                <Button icon="key" onPress={() => setSigningIn(true)}>
                  {inPerson ? "Sign in again" : "Enter a new secret"}
                </Button>
              </div>
            </Section>
          )}
          {!gone && (
            <Section title="Disconnect">
              <div className={css.stack}>
                <p className={css.muted}>
                  Its credentials are destroyed. Its {count(integration.evidenceCount, "evidence item")} stay, and grow
                  stale.
                </p>
                <Button kind="danger" onPress={() => setLeaving(true)}>
                  Disconnect
                </Button>
              </div>
            </Section>
          )}
        </aside>
      </div>
      {signingIn && manifest && (
        <Reconnect
          integration={integration}
          manifest={manifest}
          onClose={() => setSigningIn(false)}
          onDone={() => {
            setSigningIn(false);
            test.reset();
            start(`Sync of ${integration.label}`, { command: "sync_integration", ids: [integration.id] });
          }}
        />
      )}
      {leaving && (
        <Dialog
          small
          title={`Disconnect ${plainText(integration.label, 60)}`}
          onClose={() => setLeaving(false)}
          foot={
            <>
              <Button onPress={() => setLeaving(false)}>Keep it</Button>
              <span className={css.push}>
                <Button
                  kind="danger"
                  busy={remove.isPending}
                  onPress={() =>
                    remove.mutate(
                      { id: integration.id },
                      {
                        onSuccess: () => {
                          setLeaving(false);
                          void navigate({ to: "/integrations" });
                        },
                      },
                    )
                  }
                >
                  Disconnect
                </Button>
              </span>
            </>
          }
        >
          <div className={classes(css.dialogBody, css.stack)}>
            <p>
              The stored credentials are destroyed and can't be brought back: connecting again means entering them
              again.
            </p>
            <p>
              Collected evidence, findings and the record of runs are kept. At the service itself nothing changes:
              remove the app or key there if it is no longer needed.
            </p>
            {remove.error && <ErrorNote error={remove.error} />}
            {job?.running && (
              <Callout tone="warn">Something is being collected. Cancel it first, or wait for its end.</Callout>
            )}
          </div>
        </Dialog>
      )}
    </div>
  );
}

function ConfigPair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{plainText(name, 60)}</dt>
      <dd>
        <Text value={value} clamp={120} />
      </dd>
    </>
  );
}
