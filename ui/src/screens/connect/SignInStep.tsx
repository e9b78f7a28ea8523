import { Radio, RadioGroup } from "react-aria-components";
import type { ApiError } from "../../ipc/generated/ApiError";
import { CUSTOM, type Field as FieldSpec, type Manifest } from "../../ipc/manifest";
import { Field, Select } from "../../kit/fields";
import { classes, css, ErrorNote } from "../../kit/kit";
import { Text } from "../../kit/Text";
import own from "../screens.module.css";

export function SignInStep({
  manifest,
  cloud,
  auth,
  onAuth,
  fields,
  values,
  wrong,
  onChange,
  refused,
}: {
  manifest: Manifest;
  cloud: string;
  auth: string;
  onAuth: (auth: string) => void;
  fields: FieldSpec[];
  values: Record<string, string>;
  /** What a field has wrong, if anything. */
  wrong: (field: FieldSpec) => string | null;
  onChange: (name: string, value: string) => void;
  refused: ApiError | null;
}) {
  return (
    <>
      <h3>How does this app sign in?</h3>
      {manifest.auth.length > 1 && (
        <RadioGroup value={auth} onChange={onAuth} className={own.choices ?? ""} aria-label="Way to sign in">
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
            onChange={(value) => onChange(field.name, value)}
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
                  onChange={(value) => onChange(field.name, value)}
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
  );
}

/** A field as its manifest describes it. */
export function ManifestField({
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
