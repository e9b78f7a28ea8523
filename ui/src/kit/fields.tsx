import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Label as AriaLabel, Text as AriaText, FieldError, Input, TextArea, TextField } from "react-aria-components";
import { Icon } from "./Icon";
import { classes, css } from "./kit";
import { plainText, Text } from "./Text";

export function Field({
  label,
  value,
  onChange,
  hint,
  error,
  kind = "text",
  rows = 3,
  required = false,
  placeholder,
  autoComplete = "off",
  mono = false,
  autoFocus = false,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | null;
  kind?: "text" | "password" | "multiline" | "date" | "time";
  rows?: number;
  required?: boolean;
  placeholder?: string | null;
  autoComplete?: string;
  mono?: boolean;
  autoFocus?: boolean;
}) {
  const input = classes(css.input, mono && css.mono);
  return (
    <TextField
      className={css.field ?? ""}
      value={value}
      onChange={onChange}
      isInvalid={Boolean(error)}
      isRequired={required}
      validationBehavior="aria"
      type={kind === "multiline" ? "text" : kind}
      autoComplete={autoComplete}
      autoFocus={autoFocus}
    >
      <AriaLabel className={css.label ?? ""}>{label}</AriaLabel>
      {kind === "multiline" ? (
        <TextArea className={input} rows={rows} placeholder={placeholder ?? ""} spellCheck={false} />
      ) : (
        <Input className={input} placeholder={placeholder ?? ""} spellCheck={false} />
      )}
      {error && (
        <FieldError className={css.fieldError ?? ""}>
          <Text value={error} />
        </FieldError>
      )}
      {hint && (
        <AriaText slot="description" className={css.hint ?? ""}>
          {hint}
        </AriaText>
      )}
    </TextField>
  );
}

/** A file that the person chooses. The page gets its content, never its folder. */
export function FileField({
  label,
  accept,
  onChange,
  hint,
  error,
}: {
  label: string;
  accept: string;
  onChange: (file: File | null) => void;
  hint?: ReactNode;
  error?: string | null;
}) {
  const id = useId();
  return (
    <div className={css.field}>
      <label htmlFor={id} className={css.label}>
        {label}
      </label>
      <input
        id={id}
        type="file"
        accept={accept}
        className={css.input}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={`${id}-error ${id}-hint`}
        onChange={(event) => onChange(event.target.files?.[0] ?? null)}
      />
      <span id={`${id}-error`} className={error ? css.fieldError : undefined} role={error ? "alert" : undefined}>
        {error && <Text value={error} />}
      </span>
      <span id={`${id}-hint`} className={css.hint}>
        {hint}
      </span>
    </div>
  );
}

export function Select({
  label,
  value,
  onChange,
  options,
  hideLabel = false,
  small = false,
  hint,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: { value: string; label: string }[];
  hideLabel?: boolean;
  small?: boolean;
  hint?: ReactNode;
}) {
  const id = useId();
  return (
    <div className={hideLabel ? undefined : css.field}>
      <label htmlFor={id} className={hideLabel ? css.visuallyHidden : css.label}>
        {label}
      </label>
      <select
        id={id}
        className={classes(css.input, css.select, small && css.selectSmall)}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {plainText(option.label, 120)}
          </option>
        ))}
      </select>
      {hint && <span className={css.hint}>{hint}</span>}
    </div>
  );
}

export function SearchBox({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  // The caller may keep the value where it changes later than one types, e.g. in the address. What comes back of what was
  // typed here is no news; anything else is.
  const [text, setText] = useState(value);
  const sent = useRef<string[]>([]);
  useEffect(() => {
    const at = sent.current.indexOf(value);
    if (at < 0) setText(value);
    sent.current = sent.current.slice(at + 1);
  }, [value]);
  const change = (typed: string) => {
    sent.current.push(typed);
    setText(typed);
    onChange(typed);
  };
  return (
    <div className={css.searchBox} role="search">
      <Icon name="search" size={14} />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        className={css.input}
        value={text}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || text === "") return;
          event.preventDefault();
          change("");
        }}
        autoComplete="off"
        spellCheck={false}
      />
    </div>
  );
}

export function Check({
  label,
  checked,
  onChange,
  hint,
}: {
  label: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: ReactNode;
}) {
  return (
    <label className={css.check}>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>
        {label}
        {hint && <span className={classes(css.hint)}> {hint}</span>}
      </span>
    </label>
  );
}
