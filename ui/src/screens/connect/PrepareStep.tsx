import type { ProviderCard } from "../../ipc/generated/ProviderCard";
import { useOpenLink } from "../../ipc/hooks";
import type { Manifest } from "../../ipc/manifest";
import { Answered, Button, classes, css } from "../../kit/kit";
import { Text } from "../../kit/Text";
import { count } from "../../words/format";
import own from "../screens.module.css";
import type { Choice, useAccess } from "./access";
import { ChooseChecks } from "./ChooseChecks";
import { Granting } from "./Granting";

export function PrepareStep({
  card,
  manifest,
  access,
  choice,
  onChoice,
}: {
  card: ProviderCard;
  manifest: Manifest;
  access: ReturnType<typeof useAccess>;
  choice: Choice;
  onChoice: (choice: Choice) => void;
}) {
  const openLink = useOpenLink();
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
      <Answered query={access.everything} what="what has to be granted">
        {(everything) =>
          everything.permissions.length > 0 && (
            <ChooseChecks card={card} everything={everything} choice={choice} onChange={onChoice} />
          )
        }
      </Answered>
      {access.everything.data && (
        <Answered query={access.chosen} what="what has to be granted">
          {(chosen) => <Granting card={card} access={chosen} narrowed={access.narrowed} />}
        </Answered>
      )}
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
