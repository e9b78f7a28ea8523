import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useAnswer } from "../ipc/hooks";
import { Icon, Logo } from "../kit/Icon";
import { Button, classes, css } from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import { useKeys } from "./keys";
import { Shortcuts } from "./Shortcuts";
import { useSession } from "./session";
import shell from "./shell.module.css";
import { When } from "./When";
import { Announcer, describe, useWork } from "./work";

// What the engine takes where the demo is made on a computer without a key store.
const DEMO_PASSPHRASE = "made-up demo data";

// These pages say in their own place what there is to know about the vault.
const SAYS_WARNINGS = ["/", "/settings"];

export function Shell() {
  const { company, lock, locking } = useSession();
  const { job, cancel, dismiss } = useWork();
  const integrations = useAnswer("list_integrations", { all: false });
  const activity = useAnswer("get_activity", {});
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const level = company.profile.level;

  // A new page begins at its top, for the keyboard too.
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of page is what this waits for
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    main.current?.focus();
  }, [path]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "F6" && !document.querySelector("[role=dialog]")) {
        event.preventDefault();
        focusNextRegion(event.shiftKey ? -1 : 1);
      }
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "l") {
        event.preventDefault();
        lock();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [lock]);

  const navigate = useNavigate();
  const [explaining, setExplaining] = useState(false);
  const focusFilter = () => main.current?.querySelector<HTMLElement>("input[type=search]")?.focus();
  useKeys({
    "g o": () => void navigate({ to: "/" }),
    "g r": () => void navigate({ to: "/requirements" }),
    "g e": () => void navigate({ to: "/evidence" }),
    "g a": () => void navigate({ to: "/activity" }),
    "g i": () => void navigate({ to: "/integrations" }),
    "g s": () => void navigate({ to: "/settings" }),
    "/": focusFilter,
    f: focusFilter,
    "?": () => setExplaining(true),
  });

  const lastRun = activity.data?.runs.find((run) => run.finishedAt);
  const next = activity.data?.schedule.enabled ? activity.data.schedule.next[0] : undefined;

  return (
    <div className={shell.app}>
      <button type="button" className={shell.skip} onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <header className={shell.side}>
        <div className={shell.company}>
          <Logo />
          <span className={shell.companyName}>
            <span className={classes(css.ellipsis, css.medium)} title={plainText(company.profile.name)}>
              {plainText(company.profile.name, 80)}
            </span>
            <span className={classes(css.small, css.faint)}>Level {level} (Self)</span>
          </span>
        </div>
        <nav className={shell.nav} aria-label="Pages">
          <Item to="/" icon="overview" label="Overview" />
          <Item to="/requirements" icon="list" label="Requirements" count={level === 1 ? "15" : "110"} />
          <Item to="/evidence" icon="evidence" label="Evidence" />
          <Item to="/activity" icon="activity" label="Activity" />
          <div className={shell.navLabel}>Settings</div>
          <Item
            to="/integrations"
            icon="plug"
            label="Integrations"
            count={integrations.data?.integrations.length.toString()}
          />
          <Item to="/settings" icon="sliders" label="All settings" />
        </nav>
        <div className={shell.foot}>
          <Button kind="ghost" icon="lock" busy={locking} onPress={lock} aria-label="Lock now">
            <span className={shell.label}>Lock now</span>
          </Button>
        </div>
      </header>
      <main className={shell.main} id="main" ref={main} tabIndex={-1}>
        {company.profile.demo && (
          <div className={shell.demo} role="note">
            <Icon name="info" size={14} />
            <span>
              <strong>Demo.</strong> This company, its people and its services are made up.
              {company.protection === "passphrase" &&
                ` Unless you chose another, its passphrase is “${DEMO_PASSPHRASE}”.`}
            </span>
          </div>
        )}
        {!SAYS_WARNINGS.includes(path) &&
          company.warnings.map((warning) => (
            <div key={warning} className={css.strip} role="note">
              <Icon name="alert" />
              <Text value={warning} />
            </div>
          ))}
        {job && (
          <div className={classes(css.strip, !job.error && css.stripInfo)}>
            <Icon name={job.running ? "refresh" : job.error ? "alert" : "c-ok"} spin={job.running} />
            <span className={css.medium}>
              <Text value={job.title} clamp={120} />
            </span>
            <span className={css.grow}>
              <Text value={describe(job)} clamp={200} />
            </span>
            {job.running ? (
              <Button small icon="stop" isDisabled={job.cancelling} onPress={cancel}>
                {job.cancelling ? "Stopping" : "Cancel"}
              </Button>
            ) : (
              <>
                <Link to="/activity">See what happened</Link>
                <Button small kind="ghost" onPress={dismiss}>
                  Dismiss
                </Button>
              </>
            )}
          </div>
        )}
        <div className={shell.content}>
          <Outlet />
        </div>
      </main>
      <footer className={shell.status} role="contentinfo" aria-label="Status">
        <span>
          <Icon name="unlock" size={14} />
          Vault unlocked
        </span>
        <span>
          <Icon name="history" size={14} />
          {lastRun?.finishedAt ? (
            <>
              Last sync <When at={lastRun.finishedAt} sentence />
            </>
          ) : (
            "Never synced"
          )}
        </span>
        <span>
          <Icon name="clock" size={14} />
          {next ? (
            <>
              Next sync <When at={next} sentence />
            </>
          ) : (
            "No sync planned"
          )}
        </span>
        <button
          type="button"
          className={shell.help}
          aria-label="Keyboard shortcuts"
          onClick={() => setExplaining(true)}
        >
          Keyboard shortcuts <kbd>?</kbd>
        </button>
      </footer>
      {explaining && <Shortcuts onClose={() => setExplaining(false)} />}
      <Announcer sentence={job ? `${job.title}. ${describe(job)}` : ""} />
    </div>
  );
}

/** The parts of the window in reading order, as far as they are there. */
function regions(): HTMLElement[] {
  const parts = [shell.side, css.pageHead, css.strip, css.pane, css.inspector, shell.status];
  return parts.flatMap((name) => [...document.querySelectorAll<HTMLElement>(`.${name}`)]);
}

/** Moves the focus to the next part of the window, and round. */
function focusNextRegion(step: 1 | -1) {
  const all = regions();
  const at = all.findIndex((one) => one.contains(document.activeElement));
  const next = all[(at < 0 ? (step === 1 ? 0 : all.length - 1) : at + step + all.length) % all.length];
  if (!next) return;
  const inside = next.querySelector<HTMLElement>("a[aria-current=page]");
  if (inside) inside.focus();
  else {
    if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
    next.focus();
  }
}

function Item({
  to,
  icon,
  label,
  count,
}: {
  to: "/" | "/requirements" | "/evidence" | "/activity" | "/integrations" | "/settings";
  icon: string;
  label: string;
  count?: string | undefined;
}) {
  return (
    <Link to={to} activeOptions={{ exact: to === "/", includeSearch: false }} title={label}>
      <Icon name={icon} />
      <span className={shell.label}>{label}</span>
      {count !== undefined && <span className={shell.count}>{count}</span>}
    </Link>
  );
}
