import { useState } from "react";
import { Switch } from "react-aria-components";
import { When } from "../../app/When";
import type { Schedule as ScheduleType } from "../../ipc/generated/Schedule";
import { useCommand } from "../../ipc/hooks";
import { Field } from "../../kit/fields";
import { Button, classes, css, ErrorNote, Section } from "../../kit/kit";
import { plainText } from "../../kit/Text";
import own from "../screens.module.css";

export function Schedule({ schedule }: { schedule: ScheduleType }) {
  const [time, setTime] = useState(schedule.dailyAt);
  const set = useCommand("set_schedule", ["get_activity", "list_integrations", "get_integration"]);
  return (
    <Section title="Schedule">
      <div className={css.stack}>
        <div className={own.setting}>
          <span className={css.grow}>
            Daily sync
            <p className={classes(css.small, css.faint)}>
              A time that was missed, asleep or closed, is caught up once and says so.
            </p>
          </span>
          <Switch
            isSelected={schedule.enabled}
            onChange={(enabled) => set.mutate({ enabled, dailyAt: schedule.dailyAt })}
            className={css.switch ?? ""}
          >
            <span className={css.track} aria-hidden="true" />
            <span className={css.visuallyHidden}>Daily sync</span>
            <span aria-hidden="true">{schedule.enabled ? "On" : "Off"}</span>
          </Switch>
        </div>
        <form
          className={css.row}
          onSubmit={(event) => {
            event.preventDefault();
            set.mutate({ enabled: schedule.enabled, dailyAt: time });
          }}
        >
          <Field
            label={`Time (${plainText(schedule.zone, 60)})`}
            kind="time"
            value={time}
            onChange={setTime}
            error={set.error?.field === "dailyAt" ? set.error.why : null}
          />
          <Button type="submit" isDisabled={time === schedule.dailyAt} busy={set.isPending}>
            Set time
          </Button>
        </form>
        {set.error && <ErrorNote error={set.error} />}
        {schedule.enabled && schedule.next.length > 0 && (
          <div>
            <h3>Next times</h3>
            <ol className={classes(css.small, css.muted)}>
              {schedule.next.map((at) => (
                <li key={at}>
                  <When at={at} />
                </li>
              ))}
            </ol>
          </div>
        )}
      </div>
    </Section>
  );
}
