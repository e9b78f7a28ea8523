import type { ReactNode } from "react";
import css from "./kit.module.css";

const LINE: Record<string, ReactNode> = {
  overview: <path d="M4 18a8 8 0 1 1 16 0M12 18l4-6" />,
  list: <path d="M4 6l1.5 1.5L8 5M4 13l1.5 1.5L8 12M4 19h3M12 6h8M12 13h8M12 19h8" />,
  evidence: <path d="M4 5h16v4H4zM5.5 9v10h13V9M10 13h4" />,
  activity: <path d="M3 12h4l3-7 4 14 3-7h4" />,
  plug: <path d="M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4" />,
  sliders: (
    <>
      <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
      <circle cx="15" cy="7" r="2" />
      <circle cx="9" cy="17" r="2" />
    </>
  ),
  search: (
    <>
      <circle cx="11" cy="11" r="6.5" />
      <path d="M16 16l4.5 4.5" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="11" width="14" height="9" rx="2" />
      <path d="M8 11V8a4 4 0 0 1 8 0v3" />
    </>
  ),
  unlock: (
    <>
      <rect x="5" y="11" width="14" height="9" rx="2" />
      <path d="M8 11V7a4 4 0 0 1 7.7-1.5" />
    </>
  ),
  key: (
    <>
      <circle cx="8" cy="15" r="4" />
      <path d="M11 12l8-8M16 7l3 3M13 10l2 2" />
    </>
  ),
  building: <path d="M5 21V4h9v17M14 9h5v12M3 21h18M8 8h3M8 12h3M8 16h3" />,
  down: <path d="M6 9l6 6 6-6" />,
  right: <path d="M9 6l6 6-6 6" />,
  up: <path d="M6 15l6-6 6 6" />,
  left: <path d="M15 6l-6 6 6 6" />,
  check: <path d="M5 12.5l4.5 4.5L19 7.5" />,
  minus: <path d="M6 12h12" />,
  x: <path d="M6 6l12 12M18 6L6 18" />,
  alert: <path d="M12 4l9 16H3zM12 10v4.5M12 17.2v.3" />,
  info: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 11v5.5M12 7.6v.3" />
    </>
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7v5l3.5 2" />
    </>
  ),
  history: <path d="M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5M12 8v4l3 2" />,
  refresh: <path d="M20 11a8 8 0 0 0-14-4.500L4 9M4 4v5h5M4 13a8 8 0 0 0 14 4.500L20 15M20 20v-5h-5" />,
  copy: (
    <>
      <rect x="9" y="9" width="11" height="11" rx="2" />
      <path d="M5 15V6a2 2 0 0 1 2-2h8" />
    </>
  ),
  print: <path d="M7 8V4h10v4M6 17H4v-7h16v7h-2M7 14h10v6H7z" />,
  external: <path d="M13 5h6v6M19 5l-9 9M17 14v5H5V7h5" />,
  eye: (
    <>
      <path d="M2.5 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12z" />
      <circle cx="12" cy="12" r="2.8" />
    </>
  ),
  stop: <rect x="6.500" y="6.500" width="11" height="11" rx="1.500" />,
  play: <path d="M7 5l12 7-12 7z" />,
  folder: <path d="M4 6h6l2 2h8v11H4z" />,
  laptop: <path d="M6 5h12v10H6zM3 19h18" />,
  "c-ok": <path d="M4 14v5h16v-5M12 4v10M8 10l4 4 4-4" />,
  "c-part": <path d="M4 14v5h8M20 14v1.500M20 18.500v.5h-4M12 4v10M8 10l4 4 4-4" />,
  "c-stale": (
    <>
      <path d="M4 15v4.500h16V15M12 6.300V9l2 1.200" />
      <circle cx="12" cy="9" r="5.500" />
    </>
  ),
  "c-fail": <path d="M4 14v5h16v-5M8.500 5l7 7M15.500 5l-7 7" />,
  "c-never": <path d="M4 14v2M4 18.500v.5h1.500M9 19h2M14 19h2M19 19h1v-1M20 14v2M8.500 9h2M13.500 9h2" />,
  "c-run": <path d="M4 14v5h16v-5M12 3v2.500M12 8v2.500M12 13v1.500M8.500 11.500l3.500 3.500 3.500-3.500" />,
  "o-pass": <path strokeWidth="2.6" d="M5 12.500l4.500 4.500L19 7.500" />,
  "o-fail": <path strokeWidth="2.6" d="M6.500 6.500l11 11M17.500 6.500l-11 11" />,
  "o-na": <path strokeWidth="2.6" d="M6 12h12" />,
  "o-cnc": (
    <>
      <path strokeDasharray="3.200 2.200" d="M12 3.500l8.500 8.500-8.500 8.500L3.500 12z" />
      <path d="M10.200 10.300a1.900 1.900 0 1 1 2.600 1.800c-.6.3-.8.6-.8 1.300M12 15.700v.2" />
    </>
  ),
};

const ink = { fill: "none", stroke: "var(--mark-ink)", strokeWidth: 1.7, strokeLinecap: "round" } as const;

// Only what a person decided is drawn solid.
const SOLID: Record<string, ReactNode> = {
  "m-met": (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path {...ink} d="M4.900 8.300l2.100 2.100 4.100-4.500" />
    </>
  ),
  "m-not": (
    <>
      <path fill="currentColor" d="M5.100 1h5.800L15 5.100v5.800L10.900 15H5.100L1 10.900V5.100z" />
      <path {...ink} d="M5.600 5.600l4.800 4.800M10.400 5.600l-4.800 4.800" />
    </>
  ),
  "m-na": (
    <>
      <rect x="1.500" y="1.500" width="13" height="13" rx="3" fill="currentColor" />
      <path {...ink} d="M4.800 8h6.400" />
    </>
  ),
  "m-un": (
    <circle
      cx="8"
      cy="8"
      r="6.300"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.500"
      strokeDasharray="2.600 2.350"
    />
  ),
};

/** A picture beside words: always hidden from assistive technology, the words carry the meaning. */
export function Icon({ name, size = 16, spin = false }: { name: string; size?: 14 | 16 | 20; spin?: boolean }) {
  const solid = SOLID[name];
  const className = [css.icon, size === 14 ? css.icon14 : "", size === 20 ? css.icon20 : "", spin ? css.spin : ""].join(
    " ",
  );
  if (solid) {
    return (
      <svg className={className} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        {solid}
      </svg>
    );
  }
  return (
    <svg
      className={className}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.85"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {LINE[name] ?? LINE.info}
    </svg>
  );
}

export function Logo() {
  return (
    <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect width="24" height="24" rx="5.500" fill="var(--accent)" />
      <path
        d="M9.300 6.500H7v11h2.300M14.700 6.500H17v11h-2.300"
        fill="none"
        stroke="#fff"
        strokeWidth="1.700"
        strokeLinecap="square"
      />
      <circle cx="12" cy="12" r="1.900" fill="#fff" />
    </svg>
  );
}
