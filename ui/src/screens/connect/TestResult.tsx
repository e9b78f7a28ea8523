import type { Tested } from "../../ipc/generated/Tested";
import { Icon } from "../../kit/Icon";
import { Callout, Chip, css } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import { count } from "../../words/format";
import { Permissions } from "./Permissions";

export function TestResult({ tested }: { tested: Tested }) {
  const missing = tested.permissions.filter((one) => one.state === "missing").length;
  const excess = tested.permissions.filter((one) => one.state === "excess").length;
  return (
    <>
      <h3>
        {missing || excess
          ? [missing && `${count(missing, "permission")} missing`, excess && `${excess} too many`]
              .filter(Boolean)
              .join(", ")
          : "It answers, with every permission it needs"}
      </h3>
      <p>
        <Icon name="o-pass" size={14} /> Signed in. It is <Text value={tested.identityName} clamp={100} />{" "}
        <span className={css.id}>
          <Text value={tested.identityId} clamp={80} />
        </span>
        . Go on only if that is yours.
      </p>
      {tested.customHost && <Chip tone="warn">Custom endpoint {plainText(tested.customHost, 80)}</Chip>}
      <Permissions permissions={tested.permissions} />
      {[...tested.warnings, ...tested.notices].map((sentence) => (
        <Callout key={sentence} tone="warn" icon="info">
          <Text value={sentence} />
        </Callout>
      ))}
    </>
  );
}
