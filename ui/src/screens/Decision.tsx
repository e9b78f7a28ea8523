import { useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import { useSession } from "../app/session";
import { When } from "../app/When";
import type { ObjectiveEntry } from "../ipc/generated/ObjectiveEntry";
import type { ObjectiveStatus } from "../ipc/generated/ObjectiveStatus";
import type { RequirementEntry } from "../ipc/generated/RequirementEntry";
import { AFTER_COLLECTING, useCommand } from "../ipc/hooks";
import { Check, Field } from "../kit/fields";
import { Icon } from "../kit/Icon";
import { Button, classes, css, ErrorNote } from "../kit/kit";
import { Text } from "../kit/Text";
import { mayBePartial, mayNotApply, needsReason, problems } from "../words/decision";
import { DETERMINATION } from "../words/status";

/** What a person decides about an objective, by name. */
export function Decision({
  requirement,
  objective,
  status,
}: {
  requirement: RequirementEntry;
  objective: ObjectiveEntry;
  status: ObjectiveStatus | undefined;
}) {
  const { name, setName } = useSession();
  const now = status?.determination ?? "not_assessed";
  const [choice, setChoice] = useState(now);
  const [why, setWhy] = useState("");
  const [partial, setPartial] = useState(status?.partial ?? false);
  const [tried, setTried] = useState(false);
  const [again, setAgain] = useState(false);
  const determine = useCommand("determine", AFTER_COLLECTING);
  const wrong = tried ? problems({ determination: choice, by: name, why, partial }) : {};
  const canBePartial = choice === "not_met" && mayBePartial(requirement.id, objective.letter);
  const deciding = choice !== now || again;

  const record = () => {
    setTried(true);
    const found = problems({ determination: choice, by: name, why, partial });
    if (found.by || found.why) return;
    determine.mutate(
      {
        objective: objective.id,
        determination: choice,
        partial: canBePartial && partial,
        by: name.trim(),
        why: why.trim() || null,
      },
      {
        onSuccess: () => {
          setTried(false);
          setAgain(false);
          setWhy("");
        },
      },
    );
  };

  return (
    <div className={css.stack}>
      <RadioGroup
        value={choice}
        onChange={(value) => {
          setChoice(value);
          setTried(false);
        }}
        orientation="horizontal"
        className={css.segments ?? ""}
        aria-label={`Decision for ${objective.id}`}
      >
        {Object.entries(DETERMINATION)
          .filter(([value]) => value !== "not_applicable" || mayNotApply(requirement.id))
          .map(([value, { word, icon, tone }]) => (
            <Radio key={value} value={value} className={classes(css.segment, css[tone])}>
              <Icon name={icon} size={14} />
              {word}
            </Radio>
          ))}
      </RadioGroup>
      {status?.decided && (
        <p className={classes(css.small, css.muted)}>
          <strong>
            <Text value={status.decided.by} clamp={80} />, <When at={status.decided.at} sentence />.
          </strong>{" "}
          {status.partial && "Partial credit is claimed. "}
          {status.decided.why && <Text value={status.decided.why} />}
        </p>
      )}
      {status?.decided && !deciding && (
        <Button small kind="ghost" onPress={() => setAgain(true)}>
          Decide again
        </Button>
      )}
      {deciding && (
        <form
          className={css.stack}
          onSubmit={(event) => {
            event.preventDefault();
            record();
          }}
        >
          <Field
            label={needsReason(choice) ? "Why" : "Why (not required)"}
            kind="multiline"
            rows={2}
            value={why}
            onChange={setWhy}
            required={needsReason(choice)}
            error={wrong.why ?? null}
          />
          {canBePartial && (
            <Check
              label="Claim partial credit"
              checked={partial}
              onChange={setPartial}
              hint={
                requirement.id === "3.5.3"
                  ? "Only where every privileged and every remote user has a second factor."
                  : "Only where encryption is used, though its module is not validated."
              }
            />
          )}
          <Field
            label="Your name"
            value={name}
            onChange={setName}
            required
            autoComplete="name"
            error={wrong.by ?? null}
            hint="Kept until the vault locks. The decision is recorded under it, for good."
          />
          {determine.error && <ErrorNote error={determine.error} />}
          <div className={css.row}>
            <Button kind="primary" type="submit" busy={determine.isPending}>
              Record decision
            </Button>
            <Button
              kind="ghost"
              onPress={() => {
                setChoice(now);
                setAgain(false);
                setWhy("");
                setTried(false);
                determine.reset();
              }}
            >
              Leave as it is
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
