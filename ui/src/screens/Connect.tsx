import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import { useWork } from "../app/work";
import type { ApiError } from "../ipc/generated/ApiError";
import type { PermissionState } from "../ipc/generated/PermissionState";
import type { ProviderCard } from "../ipc/generated/ProviderCard";
import type { Tested } from "../ipc/generated/Tested";
import { AFTER_COLLECTING, useCommand, useOpenLink } from "../ipc/hooks";
import {
  CUSTOM,
  type Field as FieldSpec,
  fieldsFor,
  isSecret,
  type Manifest,
  readManifest,
  scriptsFor,
} from "../ipc/manifest";
import { Icon } from "../kit/Icon";
import {
  Button,
  Callout,
  Chip,
  CopyButton,
  classes,
  css,
  Dialog,
  ErrorNote,
  Field,
  Select,
  State,
  Steps,
} from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import { count } from "../words/format";
import { PERMISSION } from "../words/status";
import own from "./screens.module.css";

const STEPS = ["Cloud", "Prepare", "Sign-in", "Test", "Save"];

/** What a value has wrong by the manifest alone; the host checks again and cleans. */
export function complain(field: FieldSpec, value: string): string | null {
  const cleaned = value.trim();
  if (cleaned === "") return field.required ? `${field.label} is needed.` : null;
  if (!field.pattern || field.kind === "multiline_secret") return null;
  let rule: RegExp;
  try {
    rule = new RegExp(`^(?:${field.pattern})$`, "u");
  } catch {
    return null; // A rule of another dialect: the host knows it.
  }
  return rule.test(cleaned) ? null : (field.patternHelp ?? "This does not look right.");
}

export function Connect({ card, onClose }: { card: ProviderCard; onClose: () => void }) {
  const manifest = useMemo(() => readManifest(card.manifest), [card]);
  const [step, setStep] = useState(0);
  const [cloud, setCloud] = useState(manifest.clouds[0]?.id ?? CUSTOM);
  const [like, setLike] = useState(manifest.custom.likeDefault || manifest.clouds[0]?.id || "");
  const [auth, setAuth] = useState(manifest.auth[0]?.id ?? "");
  const [values, setValues] = useState<Record<string, string>>({});
  const [label, setLabel] = useState("");
  const [tried, setTried] = useState(false);
  const test = useCommand("test_integration");
  const connect = useCommand("connect_integration", AFTER_COLLECTING);
  const navigate = useNavigate();
  const { start } = useWork();

  const fields = fieldsFor(manifest, auth, cloud);
  const refused: ApiError | null = test.error ?? connect.error;
  const wrong = (field: FieldSpec) =>
    (tried ? complain(field, values[field.name] ?? "") : null) ?? (refused?.field === field.name ? refused.why : null);

  const input = () => {
    const config: Record<string, string> = { cloud };
    if (auth) config.auth = auth;
    if (cloud === CUSTOM && like) config.like = like;
    const credentials: Record<string, string> = {};
    for (const field of fields) {
      const value = values[field.name] ?? "";
      if (value.trim() === "") continue;
      (isSecret(field) ? credentials : config)[field.name] = value;
    }
    return { integrationType: manifest.id, config, credentials };
  };

  const runTest = () => {
    setTried(true);
    if (fields.some((field) => complain(field, values[field.name] ?? ""))) return;
    connect.reset();
    test.mutate(
      { id: null, ...input() },
      {
        onSuccess: () => setStep(3),
        // A refusal that is about a field belongs beside it.
        onError: (error) => setStep(error.field && fields.some((field) => field.name === error.field) ? 2 : 3),
      },
    );
  };

  const save = () =>
    connect.mutate(
      { ...input(), label: label.trim() || null },
      {
        onSuccess: ({ integration }) => {
          setValues({});
          onClose();
          start(`First sync of ${integration.label}`, { command: "sync_integration", ids: [integration.id] });
          void navigate({ to: "/integrations/$id", params: { id: integration.id } });
        },
        onError: (error) => {
          if (error.field && fields.some((field) => field.name === error.field)) setStep(2);
        },
      },
    );

  const change = (name: string, value: string) => {
    setValues({ ...values, [name]: value });
    // What was tested is no longer what would be saved.
    test.reset();
    connect.reset();
  };

  const gaps = test.data?.permissions.filter((one) => one.state === "missing" || one.state === "unknown") ?? [];
  const failed = step === 3 && (Boolean(test.error) || gaps.length > 0);

  return (
    <Dialog
      title={`Connect ${plainText(manifest.name, 60)}`}
      monogram={manifest.monogram}
      onClose={onClose}
      foot={
        <>
          {step > 0 && <Button onPress={() => setStep(step - 1)}>Back</Button>}
          <span className={classes(css.row, css.push)}>
            {step < 2 && (
              <Button kind="primary" onPress={() => setStep(step + 1)}>
                Continue
              </Button>
            )}
            {step === 2 && (
              <Button kind="primary" icon="refresh" busy={test.isPending} onPress={runTest}>
                Test connection
              </Button>
            )}
            {step === 3 && (
              <>
                <Button icon="refresh" busy={test.isPending} onPress={runTest}>
                  Test again
                </Button>
                {test.data && (
                  <Button kind="primary" onPress={() => setStep(4)}>
                    {gaps.length ? "Go on with gaps" : "Continue"}
                  </Button>
                )}
              </>
            )}
            {step === 4 && (
              <Button kind="primary" busy={connect.isPending} onPress={save}>
                Save and sync
              </Button>
            )}
          </span>
        </>
      }
    >
      <div className={own.connect}>
        <div className={own.connectSteps}>
          <Steps steps={STEPS} now={step} wrong={failed} />
          <p className={classes(css.small, css.faint)}>
            <Icon name="eye" size={14} /> Reads only. Every request is listed under Activity.
          </p>
        </div>
        {/* It scrolls, so the keyboard has to reach it even when nothing in it takes focus. */}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
        <section className={own.connectBody} tabIndex={0} aria-label="Step">
          {step === 0 && (
            <CloudStep
              manifest={manifest}
              cloud={cloud}
              like={like}
              onCloud={(value) => {
                setCloud(value);
                test.reset();
              }}
              onLike={(value) => {
                setLike(value);
                test.reset();
              }}
            />
          )}
          {step === 1 && <PrepareStep manifest={manifest} cloud={cloud} />}
          {step === 2 && (
            <>
              <h3>How does this app sign in?</h3>
              {manifest.auth.length > 1 && (
                <RadioGroup
                  value={auth}
                  onChange={(value) => {
                    setAuth(value);
                    setTried(false);
                    test.reset();
                  }}
                  className={own.choices ?? ""}
                  aria-label="Way to sign in"
                >
                  {manifest.auth.map((method) => (
                    <Radio key={method.id} value={method.id} className={css.choice ?? ""}>
                      <span className={css.dot} aria-hidden="true" />
                      <span>
                        <strong className={css.medium}>{method.label}</strong>
                        <br />
                        <span className={classes(css.small, css.muted)}>{method.help}</span>
                      </span>
                    </Radio>
                  ))}
                </RadioGroup>
              )}
              {fields
                .filter((field) => !field.advanced || wrong(field))
                .map((field) => (
                  <ManifestField
                    key={field.name}
                    field={field}
                    value={values[field.name] ?? ""}
                    error={wrong(field)}
                    onChange={(value) => change(field.name, value)}
                  />
                ))}
              {fields.some((field) => field.advanced && !wrong(field)) && (
                <details open={cloud === CUSTOM}>
                  <summary>Advanced</summary>
                  <div className={css.stack}>
                    {fields
                      .filter((field) => field.advanced && !wrong(field))
                      .map((field) => (
                        <ManifestField
                          key={field.name}
                          field={field}
                          value={values[field.name] ?? ""}
                          error={null}
                          onChange={(value) => change(field.name, value)}
                        />
                      ))}
                  </div>
                </details>
              )}
              {refused?.field && <ErrorNote error={refused} />}
              <p className={classes(css.small, css.faint)}>
                Spaces around pasted values are removed. Secrets go into the vault when you save, and nowhere else.
              </p>
            </>
          )}
          {step === 3 && test.error && (
            <>
              <h3>The test did not succeed</h3>
              <ErrorNote error={test.error} />
              <p className={css.muted}>Nothing was stored.</p>
            </>
          )}
          {step === 3 && test.data && <TestResult tested={test.data} />}
          {step === 4 && (
            <>
              <h3>Name and save it</h3>
              <Field
                label="Label"
                value={label}
                onChange={setLabel}
                placeholder={test.data?.identityName ?? null}
                hint="Left empty, it is named after what answered. Two connections can't have the same label."
                error={connect.error?.field === "label" ? connect.error.why : null}
              />
              {gaps.length > 0 && (
                <Callout tone="warn" icon="o-cnc">
                  Saving with {count(gaps.length, "gap")}: checks that need{" "}
                  {gaps.map((one) => one.permission).join(", ")} will show Could not check until it is granted.
                </Callout>
              )}
              {connect.error && connect.error.field !== "label" && (
                <>
                  <ErrorNote error={connect.error} />
                  <p className={css.muted}>Nothing was stored.</p>
                </>
              )}
            </>
          )}
        </section>
      </div>
    </Dialog>
  );
}

function CloudStep({
  manifest,
  cloud,
  like,
  onCloud,
  onLike,
}: {
  manifest: Manifest;
  cloud: string;
  like: string;
  onCloud: (value: string) => void;
  onLike: (value: string) => void;
}) {
  const option = (id: string, label: string, help: string) => (
    <Radio key={id} value={id} className={css.choice ?? ""}>
      <span className={css.dot} aria-hidden="true" />
      <span>
        <strong className={css.medium}>{plainText(label, 60)}</strong>
        <br />
        <span className={classes(css.small, css.muted)}>
          <Text value={help} />
        </span>
      </span>
    </Radio>
  );
  const hosts = Object.values(manifest.clouds.find((one) => one.id === cloud)?.hosts ?? {});
  return (
    <>
      <h3>Which cloud is it in?</h3>
      <p className={css.muted}>It decides which hosts are asked, who signs the tokens and which checks exist.</p>
      <RadioGroup value={cloud} onChange={onCloud} className={own.choices ?? ""} aria-label="Cloud">
        {manifest.clouds.map((one) => option(one.id, one.label, one.help))}
      </RadioGroup>
      {hosts.length > 0 && (
        <p className={classes(css.small, css.muted)}>
          Asks only <span className={css.mono}>{hosts.map((host) => plainText(host, 80)).join(", ")}</span>
        </p>
      )}
      <details open={cloud === CUSTOM}>
        <summary>Advanced</summary>
        <div className={css.stack}>
          <RadioGroup value={cloud} onChange={onCloud} className={own.choices ?? ""} aria-label="Custom endpoint">
            {option(CUSTOM, "Custom endpoint", "Addresses of your own. Evidence from it says so everywhere.")}
          </RadioGroup>
          {cloud === CUSTOM && manifest.clouds.length > 0 && (
            <Select
              label="Behaves like"
              value={like}
              onChange={onLike}
              options={manifest.clouds.map((one) => ({ value: one.id, label: one.label }))}
            />
          )}
        </div>
      </details>
    </>
  );
}

function PrepareStep({ manifest, cloud }: { manifest: Manifest; cloud: string }) {
  const openLink = useOpenLink();
  const scripts = scriptsFor(manifest, cloud);
  const minutes = manifest.prerequisites.reduce((sum, one) => sum + (one.minutes ?? 0), 0);
  return (
    <>
      <h3>Before you connect {minutes > 0 && <span className={css.faint}>(about {count(minutes, "minute")})</span>}</h3>
      <ol className={own.plainList}>
        {manifest.prerequisites.map((one) => (
          <li key={one.title}>
            <strong className={css.medium}>
              <Text value={one.title} clamp={120} />
            </strong>
            <p className={css.muted}>
              <Text value={one.text} lines clamp={1500} />
            </p>
          </li>
        ))}
      </ol>
      {manifest.permissions.length > 0 && (
        <section aria-label="Permissions">
          <div className={css.row}>
            <h4>{count(manifest.permissions.length, "permission")}, all to read</h4>
            <span className={css.push}>
              <CopyButton text={manifest.permissions.map((one) => one.grant).join("\n")} label="Copy list" />
            </span>
          </div>
          {manifest.permissions.map((one) => (
            <div key={one.grant} className={own.permission}>
              <span className={css.mono}>{plainText(one.grant)}</span>
              <span className={css.row}>
                {one.optional && <Chip tone="out">Optional</Chip>}
                {one.licence && <Chip tone="out">{plainText(one.licence, 60)}</Chip>}
              </span>
              <p className={classes(css.small, css.muted)}>
                <Text value={one.why} />
              </p>
            </div>
          ))}
        </section>
      )}
      {scripts.map((script) => (
        <div key={script.label} className={css.tight}>
          <div className={css.row}>
            <h4>
              <Text value={script.label} />
            </h4>
            <Chip>{plainText(script.language, 30)}</Chip>
            <span className={css.push}>
              <CopyButton text={script.text} label="Copy script" />
            </span>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
          <pre className={css.code} tabIndex={0} role="region" aria-label={plainText(script.label)}>
            <Text value={script.text} lines clamp={8000} />
          </pre>
        </div>
      ))}
      <div className={own.two}>
        <section aria-label="What is read">
          <h4>What is read</h4>
          {manifest.reads.map((one) => (
            <p key={one} className={classes(css.small, css.muted)}>
              <Text value={one} />
            </p>
          ))}
        </section>
        <section aria-label="What is never read">
          <h4>What is never read</h4>
          {manifest.neverReads.map((one) => (
            <p key={one} className={classes(css.small, css.muted)}>
              <Text value={one} />
            </p>
          ))}
        </section>
      </div>
      {manifest.docsUrl && (
        <Button small icon="external" onPress={() => openLink(manifest.docsUrl)}>
          Open the service's documentation
        </Button>
      )}
    </>
  );
}

function ManifestField({
  field,
  value,
  error,
  onChange,
}: {
  field: FieldSpec;
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}) {
  if (field.kind === "choice") {
    return (
      <Select
        label={field.label}
        value={value}
        onChange={onChange}
        hint={field.help}
        options={[{ value: "", label: "Choose…" }, ...field.options]}
      />
    );
  }
  const kind = field.kind === "secret" ? "password" : field.kind === "multiline_secret" ? "multiline" : "text";
  return (
    <Field
      label={field.label}
      kind={kind}
      rows={5}
      mono
      value={value}
      onChange={onChange}
      required={field.required}
      error={error}
      placeholder={field.placeholder}
      hint={field.help ? <Text value={field.help} /> : undefined}
    />
  );
}

function TestResult({ tested }: { tested: Tested }) {
  const missing = tested.permissions.filter((one) => one.state === "missing").length;
  const excess = tested.permissions.filter((one) => one.state === "excess").length;
  return (
    <>
      <h3>
        {missing || excess
          ? [missing && `${count(missing, "permission")} missing`, excess && `${excess} too many`]
              .filter(Boolean)
              .join(", ")
          : "It answers, with every permission it needs"}
      </h3>
      <p>
        <Icon name="o-pass" size={14} /> Signed in. It is <Text value={tested.identityName} clamp={100} />{" "}
        <span className={css.id}>
          <Text value={tested.identityId} clamp={80} />
        </span>
        . Go on only if that is yours.
      </p>
      {tested.customHost && <Chip tone="warn">Custom endpoint {plainText(tested.customHost, 80)}</Chip>}
      <Permissions permissions={tested.permissions} />
      {[...tested.warnings, ...tested.notices].map((sentence) => (
        <Callout key={sentence} tone="warn" icon="info">
          <Text value={sentence} />
        </Callout>
      ))}
    </>
  );
}

export function Permissions({ permissions }: { permissions: PermissionState[] }) {
  return (
    <section aria-label="Permissions">
      {permissions.map((one) => (
        <div key={one.permission} className={own.permission}>
          <span className={css.mono}>{plainText(one.permission)}</span>
          <State looks={PERMISSION} state={one.state} />
          <p className={classes(css.small, css.muted)}>
            <Text value={one.why} />
            {one.state !== "granted" && one.fix && (
              <>
                {" "}
                <strong>
                  <Text value={one.fix} />
                </strong>
              </>
            )}
          </p>
        </div>
      ))}
    </section>
  );
}
