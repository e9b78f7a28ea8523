import { getRouteApi } from "@tanstack/react-router";
import { Radio, RadioGroup } from "react-aria-components";
import { useSession } from "../app/session";
import type { Appearance } from "../ipc/generated/Appearance";
import { useAnswer, useCommand } from "../ipc/hooks";
import { Answered, classes, css, ErrorNote, Section } from "../kit/kit";
import { plainText } from "../kit/Text";
import own from "./screens.module.css";
import { Parameters } from "./settings/Parameters";
import { Profile } from "./settings/Profile";
import { Schedule } from "./settings/Schedule";
import { Vault } from "./settings/Vault";

const settingsRoute = getRouteApi("/settings");

export function Settings() {
  const { part } = settingsRoute.useSearch();
  const { company } = useSession();
  const activity = useAnswer("get_activity", {});
  const parameters = useAnswer("list_parameters", {});
  // Until then what stands above the vault still grows and would push it away.
  const settled = activity.isFetched && parameters.isFetched;
  return (
    <div className={css.page}>
      <div className={css.pageHead}>
        <h1>Settings</h1>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
      <div className={css.pane} tabIndex={0} role="region" aria-label="All settings">
        <div className={own.settings}>
          <Look />
          <Profile key={company.id} profile={company.profile} />
          <Answered query={activity} what="the schedule">
            {({ schedule }) => <Schedule key={`${schedule.enabled} ${schedule.dailyAt}`} schedule={schedule} />}
          </Answered>
          <Parameters />
          <Vault wanted={part === "vault" && settled} />
          <About />
        </div>
      </div>
    </div>
  );
}

function Look() {
  const app = useAnswer("app_state", {});
  const set = useCommand("set_appearance", ["app_state"]);
  return (
    <Section title="Appearance">
      <div className={own.setting}>
        <span className={css.grow}>
          Colors
          <p className={classes(css.small, css.faint)}>Changes at once.</p>
        </span>
        <RadioGroup
          value={app.data?.appearance ?? "system"}
          onChange={(value) => set.mutate({ appearance: value as Appearance })}
          orientation="horizontal"
          className={css.segments ?? ""}
          aria-label="Colors"
        >
          {(["system", "light", "dark"] as const).map((value) => (
            <Radio key={value} value={value} className={css.segment ?? ""}>
              {{ system: "As the system", light: "Light", dark: "Dark" }[value]}
            </Radio>
          ))}
        </RadioGroup>
      </div>
      {set.error && <ErrorNote error={set.error} />}
    </Section>
  );
}

function About() {
  const app = useAnswer("app_state", {});
  const { company } = useSession();
  return (
    <Section title="About">
      <dl className={css.facts}>
        <dt>Version</dt>
        <dd>{plainText(app.data?.version ?? "")}</dd>
        <dt>Company id</dt>
        <dd className={css.mono}>{plainText(company.id)}</dd>
        <dt>Network</dt>
        <dd>Only the services you connected are asked. There is no account and no telemetry.</dd>
      </dl>
    </Section>
  );
}
