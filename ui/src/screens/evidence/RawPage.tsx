import { useState } from "react";
import type { PageRecord } from "../../ipc/evidence";
import type { ApiError } from "../../ipc/generated/ApiError";
import { useTransport } from "../../ipc/hooks";
import { asApiError } from "../../ipc/transport";
import { Button, CopyButton, classes, css, ErrorNote } from "../../kit/kit";
import { Text } from "../../kit/Text";
import { count, shortDigest } from "../../words/format";

/** Indents what is JSON; what is not stays as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** One answer of a service, byte for byte as it was stored, read in parts. */
export function RawPage({ page, at }: { page: PageRecord; at: number }) {
  const transport = useTransport();
  const [text, setText] = useState("");
  const [next, setNext] = useState<number | null>(0);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const read = async () => {
    setBusy(true);
    setError(null);
    try {
      const part = await transport.call("get_page", { page: page.pageSha256, offset: next ?? 0 });
      setText((before) => before + part.text);
      setNext(part.nextOffset);
    } catch (thrown) {
      setError(asApiError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const { method, host, path, query } = page.request;
  const shownText = next === null ? pretty(text) : text;
  return (
    <section className={css.tight} aria-label={`Page ${at + 1}`}>
      <p className={css.mono}>
        <Text value={`${method} ${host}${path}${query ? `?${query.replace(/^\?/, "")}` : ""}`} clamp={300} />
      </p>
      {(page.place || page.subject) && (
        <p className={css.small}>
          {page.place && <Text value={page.place} clamp={60} />}
          {page.place && page.subject && ", about "}
          {page.subject && <Text value={page.subject} clamp={200} />}
        </p>
      )}
      <p className={classes(css.small, css.muted)}>
        {page.status > 0 && `Status ${page.status}, `}
        {count(page.bytes, "byte")}, <span className={css.mono}>{shortDigest(page.pageSha256)}</span>
      </p>
      {error && <ErrorNote error={error} />}
      {text && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard
        <pre className={css.code} tabIndex={0} role="region" aria-label={`Raw page ${at + 1}`}>
          <Text value={shownText} lines clamp={20_000} />
        </pre>
      )}
      <div className={classes(css.row, css.wrap)}>
        {next !== null && (
          <Button small busy={busy} onPress={() => void read()}>
            {text ? "Read on" : "Show the page as it was stored"}
          </Button>
        )}
        {text && <CopyButton text={text} label="Copy as stored" />}
      </div>
    </section>
  );
}
