import { type ReactNode, useState } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import { Field } from "../../kit/fields";
import { Button, classes, css } from "../../kit/kit";
import start from "../start.module.css";
import { Frame } from "./Frame";

/** What is known of the new company before its vault is made. */
export interface CompanyDraft {
  name: string;
  level: string;
  zone: string;
}

export function CompanyStep({
  steps,
  draft,
  onChange,
  onBack,
  onDone,
}: {
  steps: ReactNode;
  draft: CompanyDraft;
  onChange: (draft: CompanyDraft) => void;
  onBack: () => void;
  onDone: () => void;
}) {
  const [tried, setTried] = useState(false);
  const missing = tried && draft.name.trim() === "" ? "Write the name of the company." : null;
  return (
    <Frame
      steps={steps}
      foot={
        <>
          <Button onPress={onBack}>Back</Button>
          <span className={css.push}>
            <Button
              kind="primary"
              onPress={() => {
                setTried(true);
                if (draft.name.trim()) onDone();
              }}
            >
              Continue
            </Button>
          </span>
        </>
      }
    >
      <h1>Which company is this?</h1>
      <p className={start.lead}>
        One company has one vault. Its name is sealed inside and shows only while the vault is open.
      </p>
      <Field
        label="Company name"
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
        required
        error={missing}
        autoFocus
        autoComplete="organization"
      />
      <RadioGroup
        value={draft.level}
        onChange={(level) => onChange({ ...draft, level })}
        className={start.choices ?? ""}
        aria-label="CMMC level"
      >
        <Radio value="2" className={css.choice ?? ""}>
          <span className={css.dot} aria-hidden="true" />
          <span>
            <strong className={css.medium}>Level 2</strong>
            <br />
            <span className={classes(css.small, css.muted)}>
              You handle CUI, such as marked drawings. 110 requirements, 320 objectives, and a score.
            </span>
          </span>
        </Radio>
        <Radio value="1" className={css.choice ?? ""}>
          <span className={css.dot} aria-hidden="true" />
          <span>
            <strong className={css.medium}>Level 1</strong>
            <br />
            <span className={classes(css.small, css.muted)}>
              You handle contract information (FCI) only. 15 requirements, checked every year, no score.
            </span>
          </span>
        </Radio>
      </RadioGroup>
      <Field
        label="Time zone"
        value={draft.zone}
        onChange={(zone) => onChange({ ...draft, zone })}
        hint="An IANA name such as America/Chicago. The daily sync and local times in evidence follow it."
      />
    </Frame>
  );
}
