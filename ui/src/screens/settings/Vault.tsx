import { useEffect, useRef, useState } from "react";
import { useSession } from "../../app/session";
import type { Protection } from "../../ipc/generated/Protection";
import { useAnswer, useCommand } from "../../ipc/hooks";
import { Button, Callout, CopyButton, classes, css, ErrorNote, Section } from "../../kit/kit";
import { Text } from "../../kit/Text";
import { count, shortDigest } from "../../words/format";
import own from "../screens.module.css";
import { Warnings } from "../Warnings";
import { NewRecoveryKey } from "./NewRecoveryKey";

const OPENS_WITH: Record<Protection, string> = {
  standard: "With the system's key store, while you are signed in to this computer.",
  passphrase: "With a passphrase.",
  two_secret: "With a passphrase and the system's key store together.",
};

/** What each kind of protection leaves open, besides what all of them do. */
const LEAVES_OPEN: Record<Protection, string> = {
  standard:
    "Locking hides the vault from a glance, not from your session: whoever uses it can open the vault again, and so can software that runs as you, because the key store answers both.",
  passphrase:
    "Somebody who copies the vault's folder can try passphrases on it for as long as they like. It is as strong as the passphrase.",
  two_secret:
    "Once the key store has given its half to software that runs as you, the passphrase alone protects a copied vault.",
};

/** The vault's folder, as the system of this computer writes it. */
export function vaultFolder(dataDir: string, companyId: string): string {
  const slash = dataDir.includes("\\") ? "\\" : "/";
  return [dataDir, "companies", companyId].join(slash);
}

/** `wanted`: the page was opened for this part. */
export function Vault({ wanted = false }: { wanted?: boolean }) {
  const { company } = useSession();
  const app = useAnswer("app_state", {});
  const verify = useCommand("verify_vault");
  const [renewing, setRenewing] = useState(false);
  const here = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wanted) here.current?.scrollIntoView();
  }, [wanted]);
  const folder = app.data ? vaultFolder(app.data.dataDir, company.id) : "";
  return (
    <Section title="Vault">
      <div className={css.stack} ref={here}>
        <Warnings />
        <div className={own.setting}>
          <span className={css.grow}>
            Where it is
            <p className={classes(css.mono, css.muted)}>
              <Text value={folder} clamp={400} />
            </p>
          </span>
          <CopyButton text={folder} label="Copy path" />
        </div>
        <div className={own.setting}>
          <span className={css.grow}>
            How it opens
            <p className={classes(css.small, css.faint)}>{OPENS_WITH[company.protection]}</p>
          </span>
        </div>
        <div className={own.setting}>
          <span className={css.grow}>
            Recovery key
            <p className={classes(css.small, css.faint)}>
              Opens the vault when nothing else does. Make a new one if you don't know where it is, or who has seen it.
            </p>
          </span>
          <Button icon="key" onPress={() => setRenewing(true)}>
            Make a new recovery key
          </Button>
        </div>
        {renewing && <NewRecoveryKey protection={company.protection} onClose={() => setRenewing(false)} />}
        <Callout tone="warn" icon="alert">
          <h3>What is not protected</h3>
          <ul className={own.bullets}>
            <li>
              While the vault is open, an attacker who runs code as you can read what you can read: the window, the
              evidence and the connections' secrets. So can an administrator of this computer.
            </li>
            <li>{LEAVES_OPEN[company.protection]}</li>
            <li>What you copy, print or export leaves the vault, and is as safe as the place where you put it.</li>
            <li>Anybody who sees the folder sees the vault's size and when it last changed, though nothing in it.</li>
          </ul>
        </Callout>
        <div className={own.setting}>
          <span className={css.grow}>
            Integrity
            <p className={classes(css.small, css.faint)}>
              Reads every entry, table, blob and page again and compares them with the chain.
            </p>
          </span>
          <Button busy={verify.isPending} onPress={() => verify.mutate({})}>
            Verify vault
          </Button>
        </div>
        <div role="status">
          {verify.data?.ok && (
            <Callout icon="o-pass">
              Nothing is wrong: {count(verify.data.entries, "entry", "entries")}, newest{" "}
              <span className={css.mono}>{shortDigest(verify.data.head)}</span>
            </Callout>
          )}
        </div>
        {verify.data && !verify.data.ok && (
          <Callout tone="bad" icon="alert" role="alert">
            <h3>{count(verify.data.problems.length, "problem")}</h3>
            <ul>
              {verify.data.problems.map((one) => (
                <li key={`${one.place} ${one.what}`}>
                  <Text value={one.what} />{" "}
                  <span className={css.mono}>
                    <Text value={one.place} />
                  </span>
                </li>
              ))}
            </ul>
            <p>Keep a copy of the vault as it is, and restore the newest backup that verifies.</p>
          </Callout>
        )}
        {verify.error && <ErrorNote error={verify.error} />}
      </div>
    </Section>
  );
}
