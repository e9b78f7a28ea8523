import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useWork } from "../app/work";
import type { ApiError } from "../ipc/generated/ApiError";
import type { ProviderCard } from "../ipc/generated/ProviderCard";
import { AFTER_COLLECTING, useCommand } from "../ipc/hooks";
import { CUSTOM, type Field as FieldSpec, fieldsFor, isSecret, readManifest } from "../ipc/manifest";
import { Field } from "../kit/fields";
import { Icon } from "../kit/Icon";
import { Button, Callout, classes, css, Dialog, ErrorNote, Steps } from "../kit/kit";
import { plainText } from "../kit/Text";
import { count } from "../words/format";
import { Attend, useAttended } from "./connect/Attend";
import { EVERYTHING, useAccess } from "./connect/access";
import { CloudStep } from "./connect/CloudStep";
import { complain } from "./connect/complain";
import { PrepareStep } from "./connect/PrepareStep";
import { SignInStep } from "./connect/SignInStep";
import { TestResult } from "./connect/TestResult";
import own from "./screens.module.css";

const STEPS = ["Cloud", "Prepare", "Sign-in", "Test", "Save"];

export function Connect({ card, onClose }: { card: ProviderCard; onClose: () => void }) {
  const manifest = useMemo(() => readManifest(card.manifest), [card]);
  const [step, setStep] = useState(0);
  const [cloud, setCloud] = useState(manifest.clouds[0]?.id ?? CUSTOM);
  const [like, setLike] = useState(manifest.custom.likeDefault || manifest.clouds[0]?.id || "");
  const [auth, setAuth] = useState(manifest.auth[0]?.id ?? "");
  const [values, setValues] = useState<Record<string, string>>({});
  const [label, setLabel] = useState("");
  const [choice, setChoice] = useState(EVERYTHING);
  const [tried, setTried] = useState(false);
  const attended = useAttended();
  const test = useCommand("test_integration", [], attended.hear);
  const connect = useCommand("connect_integration", AFTER_COLLECTING, attended.hear);
  const cancel = useCommand("cancel_sign_in");
  const navigate = useNavigate();
  const { start } = useWork();

  const access = useAccess(manifest.id, cloud === CUSTOM && like ? like : cloud, choice);
  const fields = fieldsFor(manifest, auth, cloud);
  const inPerson = Boolean(manifest.auth.find((method) => method.id === auth)?.interactive);
  const waiting = inPerson && (test.isPending || connect.isPending);
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
    attended.reset();
    // What a person has to do is shown where its outcome will be.
    if (inPerson) setStep(3);
    test.mutate(
      { id: null, ...input() },
      {
        onSuccess: () => setStep(3),
        // A refusal that is about a field belongs beside it; whoever gave up wants to change something.
        onError: (error) => {
          const about = error.field && fields.some((field) => field.name === error.field);
          setStep(about || error.class === "cancelled" ? 2 : 3);
          if (error.class === "cancelled") test.reset();
        },
      },
    );
  };

  /** Nothing waits for a person who went away, and what was signed in and not saved is forgotten. */
  const giveUp = () => {
    if (inPerson) cancel.mutate({});
  };
  const leave = () => {
    giveUp();
    onClose();
  };

  const save = () => {
    attended.reset();
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
  };

  const change = (name: string, value: string) => {
    setValues({ ...values, [name]: value });
    // What was tested is no longer what would be saved.
    test.reset();
    connect.reset();
  };

  // Missing because it was left out on purpose is no gap.
  const permissions = test.data?.permissions.map((one) =>
    one.state === "missing" && access.leftOut(one.permission) ? { ...one, state: "left_out", fix: "" } : one,
  );
  const gaps = permissions?.filter((one) => one.state === "missing" || one.state === "unknown") ?? [];
  const failed = step === 3 && (Boolean(test.error) || gaps.length > 0);

  return (
    <Dialog
      title={`Connect ${plainText(manifest.name, 60)}`}
      monogram={manifest.monogram}
      onClose={leave}
      foot={
        <>
          {waiting && <Button onPress={giveUp}>Give up</Button>}
          {step > 0 && !waiting && <Button onPress={() => setStep(step - 1)}>Back</Button>}
          <span className={classes(css.row, css.push)}>
            {step < 2 && (
              <Button kind="primary" onPress={() => setStep(step + 1)}>
                Continue
              </Button>
            )}
            {step === 2 && (
              <Button kind="primary" icon={inPerson ? "key" : "refresh"} busy={test.isPending} onPress={runTest}>
                {inPerson ? "Sign in" : "Test connection"}
              </Button>
            )}
            {step === 3 && !waiting && (
              <>
                <Button icon="refresh" busy={test.isPending} onPress={runTest}>
                  {inPerson && test.error ? "Sign in again" : "Test again"}
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
          {step === 1 && (
            <PrepareStep card={card} manifest={manifest} access={access} choice={choice} onChoice={setChoice} />
          )}
          {step === 2 && (
            <SignInStep
              manifest={manifest}
              cloud={cloud}
              auth={auth}
              onAuth={(value) => {
                setAuth(value);
                setTried(false);
                test.reset();
              }}
              fields={fields}
              values={values}
              wrong={wrong}
              onChange={change}
              refused={refused}
            />
          )}
          {waiting && (step === 3 || attended.prompt) && <Attend service={manifest.name} attended={attended} />}
          {step === 3 && test.error && (
            <>
              <h3>{inPerson ? "Signing in did not succeed" : "The test did not succeed"}</h3>
              <ErrorNote error={test.error} />
              <p className={css.muted}>Nothing was stored.</p>
            </>
          )}
          {step === 3 && test.data && permissions && <TestResult tested={{ ...test.data, permissions }} />}
          {step === 4 && !(waiting && attended.prompt) && (
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
              {access.narrowed && access.lostChecks > 0 && (
                <p className={css.muted}>
                  As chosen, {count(access.lostChecks, "check")} will show Could not check: permission missing, unless{" "}
                  {access.lostChecks === 1 ? "its" : "their"} permissions were granted all the same.
                </p>
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
