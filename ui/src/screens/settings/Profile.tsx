import { useState } from "react";
import type { Profile as ProfileType } from "../../ipc/generated/Profile";
import { useCommand } from "../../ipc/hooks";
import { Field, Select } from "../../kit/fields";
import { Button, css, ErrorNote, Section } from "../../kit/kit";
import own from "../screens.module.css";

export function Profile({ profile }: { profile: ProfileType }) {
  const [draft, setDraft] = useState({
    ...profile,
    cageCode: profile.cageCode ?? "",
    uei: profile.uei ?? "",
    scope: profile.scope ?? "",
  });
  const save = useCommand("update_profile", ["app_state", "get_status", "get_score", "get_activity"]);
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });
  const wrong = (field: string) => (save.error?.field === field ? save.error.why : null);
  return (
    <Section title="Company">
      <form
        className={css.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({
            profile: {
              ...draft,
              name: draft.name.trim(),
              cageCode: draft.cageCode.trim() || null,
              uei: draft.uei.trim() || null,
              scope: draft.scope.trim() || null,
            },
          });
        }}
      >
        <div className={own.two}>
          <Field
            label="Company name"
            value={draft.name}
            onChange={(name) => set({ name })}
            required
            error={wrong("name")}
          />
          <Select
            label="Level"
            value={String(draft.level)}
            onChange={(level) => set({ level: Number(level) })}
            options={[
              { value: "1", label: "Level 1: 15 requirements" },
              { value: "2", label: "Level 2: 110 requirements" },
            ]}
          />
          <Field
            label="Time zone"
            value={draft.zone}
            onChange={(zone) => set({ zone })}
            error={wrong("zone")}
            hint="An IANA name, e.g. America/Denver."
          />
          <Field
            label="CAGE code"
            value={draft.cageCode}
            onChange={(cageCode) => set({ cageCode })}
            error={wrong("cageCode")}
          />
          <Field
            label="Unique Entity Identifier"
            value={draft.uei}
            onChange={(uei) => set({ uei })}
            error={wrong("uei")}
          />
        </div>
        <Field
          label="What is assessed"
          kind="multiline"
          value={draft.scope}
          onChange={(scope) => set({ scope })}
          error={wrong("scope")}
        />
        {save.error && <ErrorNote error={save.error} />}
        <div className={css.row}>
          <Button type="submit" busy={save.isPending}>
            Save company
          </Button>
          <span role="status" className={css.muted}>
            {save.isSuccess && "Saved"}
          </span>
        </div>
      </form>
    </Section>
  );
}
