import { useOpenLink } from "../../ipc/hooks";
import { type Manifest, scriptsFor } from "../../ipc/manifest";
import { Button, Chip, CopyButton, classes, css } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import { count } from "../../words/format";
import own from "../screens.module.css";

export function PrepareStep({ manifest, cloud }: { manifest: Manifest; cloud: string }) {
  const openLink = useOpenLink();
  const scripts = scriptsFor(manifest, cloud);
  const minutes = manifest.prerequisites.reduce((sum, one) => sum + (one.minutes ?? 0), 0);
  return (
    <>
      <h3>Before you connect {minutes > 0 && <span className={css.faint}>(about {count(minutes, "minute")})</span>}</h3>
      <ol className={own.plainList}>
        {manifest.prerequisites.map((one) => (
          <li key={one.title}>
            <strong className={css.medium}>
              <Text value={one.title} clamp={120} />
            </strong>
            <p className={css.muted}>
              <Text value={one.text} lines clamp={1500} />
            </p>
          </li>
        ))}
      </ol>
      {manifest.permissions.length > 0 && (
        <section aria-label="Permissions">
          <div className={css.row}>
            <h4>{count(manifest.permissions.length, "permission")}, all to read</h4>
            <span className={css.push}>
              <CopyButton text={manifest.permissions.map((one) => one.grant).join("\n")} label="Copy list" />
            </span>
          </div>
          {manifest.permissions.map((one) => (
            <div key={one.grant} className={own.permission}>
              <span className={css.mono}>{plainText(one.grant)}</span>
              <span className={css.row}>
                {one.optional && <Chip tone="out">Optional</Chip>}
                {one.licence && <Chip tone="out">{plainText(one.licence, 60)}</Chip>}
              </span>
              <p className={classes(css.small, css.muted)}>
                <Text value={one.why} />
              </p>
            </div>
          ))}
        </section>
      )}
      {scripts.map((script) => (
        <div key={script.label} className={css.tight}>
          <div className={css.row}>
            <h4>
              <Text value={script.label} />
            </h4>
            <Chip>{plainText(script.language, 30)}</Chip>
            <span className={css.push}>
              <CopyButton text={script.text} label="Copy script" />
            </span>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
          <pre className={css.code} tabIndex={0} role="region" aria-label={plainText(script.label)}>
            <Text value={script.text} lines clamp={8000} />
          </pre>
        </div>
      ))}
      <div className={own.two}>
        <section aria-label="What is read">
          <h4>What is read</h4>
          {manifest.reads.map((one) => (
            <p key={one} className={classes(css.small, css.muted)}>
              <Text value={one} />
            </p>
          ))}
        </section>
        <section aria-label="What is never read">
          <h4>What is never read</h4>
          {manifest.neverReads.map((one) => (
            <p key={one} className={classes(css.small, css.muted)}>
              <Text value={one} />
            </p>
          ))}
        </section>
      </div>
      {manifest.docsUrl && (
        <Button small icon="external" onPress={() => openLink(manifest.docsUrl)}>
          Open the service's documentation
        </Button>
      )}
    </>
  );
}
