import { Radio, RadioGroup } from "react-aria-components";
import { CUSTOM, type Manifest } from "../../ipc/manifest";
import { Select } from "../../kit/fields";
import { classes, css } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import own from "../screens.module.css";

export function CloudStep({
  manifest,
  cloud,
  like,
  onCloud,
  onLike,
}: {
  manifest: Manifest;
  cloud: string;
  like: string;
  onCloud: (value: string) => void;
  onLike: (value: string) => void;
}) {
  const option = (id: string, label: string, help: string) => (
    <Radio key={id} value={id} className={css.choice ?? ""}>
      <span className={css.dot} aria-hidden="true" />
      <span>
        <strong className={css.medium}>{plainText(label, 60)}</strong>
        <br />
        <span className={classes(css.small, css.muted)}>
          <Text value={help} />
        </span>
      </span>
    </Radio>
  );
  const hosts = Object.values(manifest.clouds.find((one) => one.id === cloud)?.hosts ?? {});
  return (
    <>
      <h3>Which cloud is it in?</h3>
      <p className={css.muted}>It decides which hosts are asked, who signs the tokens and which checks exist.</p>
      <RadioGroup value={cloud} onChange={onCloud} className={own.choices ?? ""} aria-label="Cloud">
        {manifest.clouds.map((one) => option(one.id, one.label, one.help))}
      </RadioGroup>
      {hosts.length > 0 && (
        <p className={classes(css.small, css.muted)}>
          Asks only <span className={css.mono}>{hosts.map((host) => plainText(host, 80)).join(", ")}</span>
        </p>
      )}
      <details open={cloud === CUSTOM}>
        <summary>Advanced</summary>
        <div className={css.stack}>
          <RadioGroup value={cloud} onChange={onCloud} className={own.choices ?? ""} aria-label="Custom endpoint">
            {option(CUSTOM, "Custom endpoint", "Addresses of your own. Evidence from it says so everywhere.")}
          </RadioGroup>
          {cloud === CUSTOM && manifest.clouds.length > 0 && (
            <Select
              label="Behaves like"
              value={like}
              onChange={onLike}
              options={manifest.clouds.map((one) => ({ value: one.id, label: one.label }))}
            />
          )}
        </div>
      </details>
    </>
  );
}
