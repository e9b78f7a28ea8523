import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useAnswer } from "../ipc/hooks";
import { Icon, Logo } from "../kit/Icon";
import { Button, classes, css } from "../kit/kit";
import { plainText, Text } from "../kit/Text";
import { exact, inSentence } from "../words/format";
import { useSession } from "./session";
import shell from "./shell.module.css";
import { Announcer, describe, useWork } from "./work";

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
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "l") {
        event.preventDefault();
        lock();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [lock]);

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
            </span>
          </div>
        )}
        {company.warnings.map((warning) => (
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
        <span title={lastRun?.finishedAt ? exact(lastRun.finishedAt) : undefined}>
          <Icon name="history" size={14} />
          {lastRun?.finishedAt ? `Last sync ${inSentence(lastRun.finishedAt)}` : "Never synced"}
        </span>
        <span title={next ? exact(next) : undefined}>
          <Icon name="clock" size={14} />
          {next ? `Next sync ${inSentence(next)}` : "No sync planned"}
        </span>
      </footer>
      <Announcer sentence={job ? `${job.title}. ${describe(job)}` : ""} />
    </div>
  );
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
