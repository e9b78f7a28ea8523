const DAY_MS = 86_400_000;

/** How times read in one zone. An unreadable time stays as it is. */
export interface Clock {
  /** The zone's IANA name. */
  zone: string;
  /** "Today 9:01 AM", "Nov 22, 9:02 AM", with the year where it is not this one. */
  moment: (iso: string, now?: Date) => string;
  /** The same in the middle of a sentence. */
  inSentence: (iso: string, now?: Date) => string;
  /** The whole time with its zone, for hovering. */
  exact: (iso: string) => string;
}

/** The zone of this computer. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

const clocks = new Map<string, Clock>();

/** The clock of a zone; that of this computer where the web view does not know the name. */
export function clockIn(zone: string): Clock {
  const known = clocks.get(zone);
  if (known) return known;
  let clock: Clock;
  try {
    clock = makeClock(zone);
  } catch {
    clock = makeClock(ownZone());
  }
  clocks.set(zone, clock);
  return clock;
}

function makeClock(timeZone: string): Clock {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-US", { ...options, timeZone });
  const ofTime = format({ hour: "numeric", minute: "2-digit" });
  const ofDay = format({ month: "short", day: "numeric" });
  const ofYear = format({ month: "short", day: "numeric", year: "numeric" });
  const ofParts = format({ year: "numeric", month: "numeric", day: "numeric" });
  const ofAll = format({ dateStyle: "full", timeStyle: "long" });

  const dayOf = (date: Date) => {
    const part = Object.fromEntries(ofParts.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1 } = part;
    return { year, number: Date.UTC(year, month - 1, day) / DAY_MS };
  };
  // Web views differ in the space before AM and PM; ours is the plain one.
  const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

  const moment = (iso: string, now: Date = new Date()) => {
    const at = new Date(iso);
    if (Number.isNaN(at.getTime())) return iso;
    const time = plain(ofTime.format(at));
    const [then, today] = [dayOf(at), dayOf(now)];
    const days = then.number - today.number;
    if (days === 0) return `Today ${time}`;
    if (days === 1) return `Tomorrow ${time}`;
    return `${(then.year === today.year ? ofDay : ofYear).format(at)}, ${time}`;
  };
  return {
    zone: timeZone,
    moment,
    inSentence: (iso, now) => moment(iso, now).replace(/^To(day|morrow)/, "to$1"),
    exact: (iso) => {
      const at = new Date(iso);
      return Number.isNaN(at.getTime()) ? iso : `${plain(ofAll.format(at))} (${timeZone})`;
    },
  };
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;

/** How long something took, in words that fit. */
export function took(from: string, to: string | null): string {
  if (!to) return "";
  const ms = new Date(to).getTime() - new Date(from).getTime();
  if (!Number.isFinite(ms) || ms < 0) return "";
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export const shortDigest = (digest: string): string => {
  const hex = digest.replace(/^sha256:/, "");
  return hex.length > 20 ? `${hex.slice(0, 8)}…${hex.slice(-8)}` : hex;
};
