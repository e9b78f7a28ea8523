import { useClock } from "./session";

/** A time in the company's zone; the whole of it, with the zone, on hover. */
export function When({ at, sentence = false, whole = false }: { at: string; sentence?: boolean; whole?: boolean }) {
  const clock = useClock();
  return (
    <time dateTime={at} title={whole ? at : clock.exact(at)}>
      {whole ? clock.exact(at) : sentence ? clock.inSentence(at) : clock.moment(at)}
    </time>
  );
}
