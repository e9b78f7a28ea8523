import { type ReactNode, useId, useState } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Dialog as AriaDialog,
  Heading,
  Modal,
  ModalOverlay,
} from "react-aria-components";
import type { ApiError } from "../ipc/generated/ApiError";
import { DETERMINATION, type Look, look } from "../words/status";
import { Icon } from "./Icon";
import css from "./kit.module.css";
import { plainText, Text } from "./Text";

export { css };

export const classes = (...names: (string | false | null | undefined)[]): string => names.filter(Boolean).join(" ");

type Kind = "plain" | "primary" | "ghost" | "danger";

export function buttonClass(kind: Kind = "plain", small = false): string {
  return classes(css.button, kind !== "plain" && css[kind], small && css.buttonSmall);
}

export function Button({
  kind = "plain",
  small = false,
  icon,
  busy = false,
  children,
  isDisabled,
  ...rest
}: Omit<AriaButtonProps, "className" | "children"> & {
  kind?: Kind;
  small?: boolean;
  icon?: string;
  busy?: boolean;
  children: ReactNode;
}) {
  return (
    <AriaButton {...rest} isDisabled={isDisabled || busy} className={buttonClass(kind, small)}>
      {busy ? <Icon name="refresh" size={14} spin /> : icon ? <Icon name={icon} size={14} /> : null}
      {children}
    </AriaButton>
  );
}

export function IconButton({ icon, label, onPress }: { icon: string; label: string; onPress: () => void }) {
  return (
    <AriaButton className={css.iconButton} aria-label={label} onPress={onPress}>
      <Icon name={icon} />
    </AriaButton>
  );
}

/** A state by picture and words. `compact` shows the picture alone; the words stay for tooltips and screen readers. */
export function State({
  looks,
  state,
  note,
  compact = false,
}: {
  looks: Record<string, Look>;
  state: string;
  note?: ReactNode;
  compact?: boolean;
}) {
  const { word, icon, tone } = look(looks, state);
  return (
    <span className={classes(css.state, css[tone])} title={compact ? word : undefined}>
      <Icon name={icon} size={compact ? 16 : 14} />
      <span className={compact ? css.visuallyHidden : undefined}>
        {plainText(word, 40)}
        {note ? <>: {note}</> : null}
      </span>
    </span>
  );
}

export function Letter({ letter, determination }: { letter: string; determination: string }) {
  const { word } = look(DETERMINATION, determination);
  return (
    <span className={classes(css.letter, css[`letter_${determination}`])} title={`[${letter}] ${word}`}>
      <span aria-hidden="true">{letter}</span>
      <span className={css.visuallyHidden}>
        [{letter}] {word}
      </span>
    </span>
  );
}

export function Chip({ children, tone }: { children: ReactNode; tone?: "out" | "warn" }) {
  return (
    <span className={classes(css.chip, tone === "out" && css.chipOut, tone === "warn" && css.chipWarn)}>
      {children}
    </span>
  );
}

export function Monogram({ letters, small = false }: { letters: string; small?: boolean }) {
  return (
    <span className={classes(css.monogram, small && css.monogramSmall)} aria-hidden="true">
      {plainText(letters, 2).slice(0, 2)}
    </span>
  );
}

export function Callout({
  tone = "plain",
  icon = "info",
  role,
  children,
}: {
  tone?: "plain" | "bad" | "warn" | "info";
  icon?: string;
  role?: "alert" | "status" | "note";
  children: ReactNode;
}) {
  const colour = { plain: "", bad: css.calloutBad, warn: css.calloutWarn, info: css.calloutInfo }[tone];
  return (
    <div className={classes(css.callout, colour)} role={role}>
      <Icon name={icon} />
      <div className={css.grow}>{children}</div>
    </div>
  );
}

/** What happened, why, what to do: and the buttons that do it. */
export function ErrorNote({ error, children }: { error: ApiError; children?: ReactNode }) {
  return (
    <Callout tone="bad" icon="alert" role="alert">
      <dl className={css.why}>
        <dt>What</dt>
        <dd>
          <Text value={error.what} />
        </dd>
        <dt>Why</dt>
        <dd>
          <Text value={error.why} />
        </dd>
        <dt>Fix</dt>
        <dd>
          <Text value={error.fix} />
        </dd>
      </dl>
      <details>
        <summary className={css.small}>Technical details</summary>
        <p className={classes(css.mono, css.muted)}>
          {plainText(error.class)} / {plainText(error.code)}
        </p>
        {error.detail && (
          <p className={css.mono}>
            <Text value={error.detail} lines />
          </p>
        )}
      </details>
      {children && <div className={classes(css.row, css.wrap)}>{children}</div>}
    </Callout>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p className={classes(css.section, css.faint, css.loading)} role="status">
      Reading {what}…
    </p>
  );
}

/** The three ways an answer can be: not there yet, refused, there. */
export function Answered<T>({
  query,
  what,
  children,
}: {
  query: { data: T | undefined; error: ApiError | null; refetch: () => unknown };
  what: string;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) {
    return (
      <div className={css.section}>
        <ErrorNote error={query.error}>
          <Button small onPress={() => void query.refetch()}>
            Try again
          </Button>
        </ErrorNote>
      </div>
    );
  }
  return <Loading what={what} />;
}

export function Dialog({
  title,
  onClose,
  small = false,
  note,
  monogram,
  children,
  foot,
}: {
  title: string;
  onClose: () => void;
  small?: boolean;
  note?: string;
  monogram?: string;
  children: ReactNode;
  foot: ReactNode;
}) {
  return (
    <ModalOverlay
      isOpen
      isDismissable={false}
      onOpenChange={(open) => !open && onClose()}
      className={css.overlay ?? ""}
    >
      <Modal className={classes(css.modal, small && css.modalSmall)}>
        <AriaDialog className={css.dialog ?? ""}>
          <div className={css.dialogHead}>
            {monogram && <Monogram letters={monogram} small />}
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {note && <span className={classes(css.small, css.faint, css.push)}>{note}</span>}
            <span className={note ? undefined : css.push}>
              <IconButton icon="x" label="Close" onPress={onClose} />
            </span>
          </div>
          {children}
          <div className={css.dialogFoot}>{foot}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function copyBySelection(text: string): boolean {
  const back = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  // Inside the dialog, where one is open: it keeps the focus within itself.
  (document.querySelector("[role=dialog]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand?.("copy") ?? false;
  area.remove();
  if (back instanceof HTMLElement) back.focus();
  return done;
}

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      // Some web views have no clipboard interface for pages that they serve themselves.
      if (copyBySelection(text)) setSaid("Copied");
      else setSaid("The clipboard refused. Select the text and copy it by hand.");
    }
  };
  return (
    <>
      <Button small icon="copy" onPress={() => void copy()}>
        {label}
      </Button>
      <span role="status" className={classes(css.small, css.muted)}>
        {said}
      </span>
    </>
  );
}

export function Steps({ steps, now, wrong = false }: { steps: string[]; now: number; wrong?: boolean }) {
  return (
    <ol className={css.steps} aria-label="Steps">
      {steps.map((step, at) => (
        <li
          key={step}
          aria-current={at === now ? "step" : undefined}
          className={classes(
            css.step,
            at < now && css.stepDone,
            at === now && css.stepNow,
            at === now && wrong && css.stepWrong,
          )}
        >
          <span aria-hidden="true">{at < now ? "✓" : at === now && wrong ? "!" : at + 1}</span>
          <span>
            {step}
            {at < now && <span className={css.visuallyHidden}> (done)</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className={css.section} aria-labelledby={id}>
      <div className={css.sectionHead}>
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
