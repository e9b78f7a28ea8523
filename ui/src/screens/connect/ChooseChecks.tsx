import { CheckboxGroup } from "react-aria-components";
import type { Access } from "../../ipc/generated/Access";
import type { CheckInfo } from "../../ipc/generated/CheckInfo";
import type { FamilyEntry } from "../../ipc/generated/FamilyEntry";
import type { ProviderCard } from "../../ipc/generated/ProviderCard";
import { useAnswer } from "../../ipc/hooks";
import { Button, Chip, classes, css } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import { Tick } from "../../kit/Tick";
import { SEVERITY } from "../../words/status";
import own from "../screens.module.css";
import { type Choice, EVERYTHING } from "./access";

interface Group {
  name: string;
  checks: CheckInfo[];
}

/** The checks by the family of the first requirement that each speaks of, in the order of the families. */
export function byFamily(checks: CheckInfo[], families: FamilyEntry[]): Group[] {
  const numberOf = (check: CheckInfo) => /^\d+\.\d+/.exec(check.objectives[0] ?? "")?.[0] ?? "";
  const groups = families.map(({ name, number }) => ({
    name: `${number} ${name}`,
    checks: checks.filter((check) => numberOf(check) === number),
  }));
  const placed = new Set(groups.flatMap((group) => group.checks));
  groups.push({ name: "Other", checks: checks.filter((check) => !placed.has(check)) });
  return groups.filter((group) => group.checks.length > 0);
}

/** Every check of the provider with a tick, and one for the evidence that no check reads. */
export function ChooseChecks({
  card,
  everything,
  choice,
  onChange,
}: {
  card: ProviderCard;
  /** What the cloud has in all. */
  everything: Access;
  choice: Choice;
  onChange: (choice: Choice) => void;
}) {
  const families = useAnswer("catalogue", {}).data?.families ?? [];
  const checks = card.checks.filter((one) => everything.checks.includes(one.id));
  const ticked = (of: CheckInfo[]) => of.filter((one) => !choice.leftOut.has(one.id));

  const set = (of: CheckInfo[], wanted: (id: string) => boolean) => {
    const leftOut = new Set(choice.leftOut);
    for (const { id } of of) {
      if (wanted(id)) leftOut.delete(id);
      else leftOut.add(id);
    }
    onChange({ ...choice, leftOut });
  };

  return (
    <details>
      <summary>Choose what is checked</summary>
      <div className={css.stack}>
        <p className={classes(css.small, css.muted)}>
          Permissions that nothing ticked needs are left out of the list and the script below.
        </p>
        <div className={classes(css.row, css.wrap)}>
          <span className={css.small}>
            {ticked(checks).length} of {checks.length} checks
          </span>
          <span className={classes(css.row, css.push)}>
            <Button small onPress={() => onChange(EVERYTHING)}>
              Select all
            </Button>
            <Button small onPress={() => onChange({ leftOut: new Set(everything.checks), evidence: false })}>
              Select none
            </Button>
          </span>
        </div>
        {byFamily(checks, families).map((group) => {
          const on = ticked(group.checks);
          return (
            <div key={group.name} className={own.family}>
              <Tick
                selected={on.length === group.checks.length}
                some={on.length > 0 && on.length < group.checks.length}
                onChange={(wanted) => set(group.checks, () => wanted)}
              >
                <strong className={css.medium}>{plainText(group.name, 80)}</strong>{" "}
                <span className={classes(css.small, css.faint)}>
                  {on.length} of {group.checks.length}
                </span>
              </Tick>
              <CheckboxGroup
                className={own.familyChecks ?? ""}
                aria-label={plainText(group.name, 80)}
                value={on.map((one) => one.id)}
                onChange={(values) => set(group.checks, (id) => values.includes(id))}
              >
                {group.checks.map((check) => (
                  <Tick key={check.id} value={check.id}>
                    <Text value={check.title} />{" "}
                    <Chip tone="out">{SEVERITY[check.severity] ?? plainText(check.severity, 20)}</Chip>
                  </Tick>
                ))}
              </CheckboxGroup>
            </div>
          );
        })}
        {everything.evidenceOnly.length > 0 && (
          <Tick selected={choice.evidence} onChange={(evidence) => onChange({ ...choice, evidence })}>
            Also collect evidence that no check reads
            <br />
            <span className={classes(css.small, css.muted)}>
              <Text value={everything.evidenceOnly.map((one) => one.title).join(", ")} />
            </span>
          </Tick>
        )}
      </div>
    </details>
  );
}
