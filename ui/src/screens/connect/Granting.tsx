import type { Access } from "../../ipc/generated/Access";
import type { ProviderCard } from "../../ipc/generated/ProviderCard";
import { useOpenLink } from "../../ipc/hooks";
import { Button, Chip, CopyButton, classes, css } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import { count } from "../../words/format";
import own from "../screens.module.css";

/** What a script is written in that is an address to open. */
const LINK = "link";

/** Whether it can be opened as it stands: some have a place for the reader's own name. */
const isPage = (script: { language: string; text: string }) =>
  script.language === LINK && script.text.startsWith("https://") && !script.text.includes("YOUR-");

/** The permissions that what is ticked needs, and the scripts that grant exactly those. */
export function Granting({ card, access, narrowed }: { card: ProviderCard; access: Access; narrowed: boolean }) {
  const openLink = useOpenLink();
  const titles = (ids: string[]) => card.datasets.filter((one) => ids.includes(one.id)).map((one) => one.title);
  return (
    <>
      <p role="status" className={css.small}>
        {narrowed && whatRemains(access)}
      </p>
      {access.permissions.length > 0 && (
        <section aria-label="Permissions">
          <div className={css.row}>
            <h4>{count(access.permissions.length, "permission")}, all to read</h4>
            <span className={css.push}>
              <CopyButton text={access.permissions.map((one) => one.grant).join("\n")} label="Copy list" />
            </span>
          </div>
          {access.permissions.map((one) => (
            <div key={one.grant} className={own.permission}>
              <span className={css.mono}>{plainText(one.grant)}</span>
              <span className={css.row}>
                {one.optional && <Chip tone="out">Optional</Chip>}
                {one.licence && <Chip tone="out">{plainText(one.licence, 60)}</Chip>}
              </span>
              <p className={classes(css.small, css.muted)}>
                <Text value={one.why} />{" "}
                <span className={css.faint}>
                  Needed for: <Text value={titles(one.datasets).join(", ")} clamp={160} />
                </span>
              </p>
            </div>
          ))}
        </section>
      )}
      {access.scripts.map((script) => (
        <div key={script.label} className={css.tight}>
          <div className={css.row}>
            <h4>
              <Text value={script.label} />
            </h4>
            <Chip>{plainText(script.language, 30)}</Chip>
            <span className={classes(css.row, css.push)}>
              {isPage(script) && (
                <Button small icon="external" onPress={() => openLink(script.text.trim())}>
                  Open page
                </Button>
              )}
              <CopyButton text={script.text} label={script.language === LINK ? "Copy address" : "Copy script"} />
            </span>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
          <pre className={css.code} tabIndex={0} role="region" aria-label={plainText(script.label)}>
            <Text value={script.text} lines clamp={8000} />
          </pre>
        </div>
      ))}
    </>
  );
}

/** How many permissions remain, and what that means for the checks that are not ticked. */
function whatRemains(access: Access): string {
  const lost = access.lostChecks.length;
  const remain = `${count(access.permissions.length, "permission")} ${access.permissions.length === 1 ? "remains" : "remain"}.`;
  if (lost === 0) return `${remain} They are enough for every check.`;
  return `${remain} ${lost} of ${count(access.checks.length, "check")} will say "could not check: permission missing".`;
}
