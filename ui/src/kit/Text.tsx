import { Fragment, useState } from "react";
import css from "./kit.module.css";

// Characters that are invisible or that reorder their neighbours: C0 and C1 controls, bidi marks, embeddings, overrides
// and isolates, zero-width characters, line and paragraph separators, the byte order mark, tag characters.
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what this is for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\ud800(?![\udc00-\udfff])|\udb40[\udc00-\udc7f]/g;

export const shown = (character: string): string =>
  `\u27e8U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}\u27e9`;

/** A text for places that hold only text (a name for assistive technology, a tooltip, the clipboard of a label). */
export function plainText(value: string, most = 200): string {
  const cut = value.length > most ? `${sliceWhole(value, most)}…` : value;
  return cut.replace(HIDDEN, shown);
}

function sliceWhole(value: string, most: number): string {
  const last = value.charCodeAt(most - 1);
  return value.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}

function pieces(value: string, lines: boolean) {
  const found: { at: number; text: string; hidden: boolean }[] = [];
  let from = 0;
  for (const match of value.matchAll(HIDDEN)) {
    if (lines && (match[0] === "\n" || match[0] === "\t")) continue;
    if (match.index > from) found.push({ at: from, text: value.slice(from, match.index), hidden: false });
    found.push({ at: match.index, text: shown(match[0]), hidden: true });
    from = match.index + match[0].length;
  }
  if (from < value.length) found.push({ at: from, text: value.slice(from), hidden: false });
  return found;
}

/**
 * Text from outside: a service's answer, a name somebody typed. It can't run, can't reorder what stands around it, hides
 * no character, and a very long one is cut with a way to see the rest.
 */
export function Text({
  value,
  clamp = 400,
  lines = false,
  className,
}: {
  value: string;
  clamp?: number;
  lines?: boolean;
  className?: string;
}) {
  const [whole, setWhole] = useState(false);
  const long = value.length > clamp;
  const visible = long && !whole ? sliceWhole(value, clamp) : value;
  return (
    <bdi className={[css.text, lines ? css.lines : "", className ?? ""].join(" ").trim()}>
      {pieces(visible, lines).map((piece) =>
        piece.hidden ? (
          <span key={piece.at} className={css.hiddenCharacter}>
            {piece.text}
          </span>
        ) : (
          <Fragment key={piece.at}>{piece.text}</Fragment>
        ),
      )}
      {long && (
        <>
          {whole ? " " : "… "}
          <button type="button" className={css.linkButton} aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? "Show less" : `Show all ${value.length.toLocaleString("en-US")} characters`}
          </button>
        </>
      )}
    </bdi>
  );
}
