import type { PermissionState } from "../../ipc/generated/PermissionState";
import { classes, css, State } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import { PERMISSION } from "../../words/status";
import own from "../screens.module.css";

export function Permissions({ permissions }: { permissions: PermissionState[] }) {
  return (
    <section aria-label="Permissions">
      {permissions.map((one) => (
        <div key={one.permission} className={own.permission}>
          <span className={css.mono}>{plainText(one.permission)}</span>
          <State looks={PERMISSION} state={one.state} />
          <p className={classes(css.small, css.muted)}>
            <Text value={one.why} />
            {one.state !== "granted" && one.fix && (
              <>
                {" "}
                <strong>
                  <Text value={one.fix} />
                </strong>
              </>
            )}
          </p>
        </div>
      ))}
    </section>
  );
}
