import { useState } from "react";
import { When } from "../../app/When";
import type { Progress } from "../../ipc/generated/Progress";
import { useCommand } from "../../ipc/hooks";
import { Icon } from "../../kit/Icon";
import { Button, Callout, CopyButton, classes, css, ErrorNote } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import own from "../screens.module.css";

type Prompt = Extract<Progress, { kind: "sign_in" }>;

/** How far a person's sign-in is, as the host tells it. */
export interface Attended {
  prompt: Prompt | null;
  signedIn: boolean;
  hear: (progress: Progress) => void;
  reset: () => void;
}

export function useAttended(): Attended {
  const [prompt, setPrompt] = useState<Prompt | null>(null);
  const [signedIn, setSignedIn] = useState(false);
  return {
    prompt,
    signedIn,
    hear: (progress) => {
      if (progress.kind === "sign_in") {
        setPrompt(progress);
        setSignedIn(false);
      } else if (progress.kind === "signed_in") setSignedIn(true);
    },
    reset: () => {
      setPrompt(null);
      setSignedIn(false);
    },
  };
}

/** What a person has to do to sign in, and that it is waited for. */
export function Attend({ service, attended }: { service: string; attended: Attended }) {
  const { prompt, signedIn } = attended;
  const open = useCommand("open_sign_in");
  const name = plainText(service, 60);

  if (!prompt || signedIn) {
    return (
      <>
        <h3>{signedIn ? "Signed in" : `Asking ${name}`}</h3>
        <p role="status" className={css.row}>
          <Icon name="refresh" size={14} spin />
          {signedIn ? "Reading who answers and which permissions there are…" : "One moment…"}
        </p>
      </>
    );
  }
  const page = prompt.userCode === null ? "Open the browser" : "Open the page";
  return (
    <>
      <h3>{prompt.userCode === null ? `Sign in to ${name} in your browser` : `Enter this code at ${name}`}</h3>
      {prompt.userCode === null ? (
        <p>
          The page is the service's own: CMMCPro never sees your password. Sign in on this computer, then come back
          here.
        </p>
      ) : (
        <>
          <div className={classes(css.row, css.wrap)}>
            <strong className={own.userCode}>
              <Text value={prompt.userCode} clamp={40} />
            </strong>
            <CopyButton text={prompt.userCode} label="Copy the code" />
          </div>
          <p>
            In any browser go to{" "}
            <span className={css.mono}>
              <Text value={prompt.address} clamp={200} />
            </span>{" "}
            and enter it there.
          </p>
          <Callout tone="warn" icon="alert">
            Only enter a code that you see here. Whoever sends you one by mail or phone wants your account.
          </Callout>
        </>
      )}
      <div className={classes(css.row, css.wrap)}>
        {prompt.mayOpen && (
          <Button kind="primary" icon="external" busy={open.isPending} onPress={() => open.mutate({})}>
            {page}
          </Button>
        )}
        <CopyButton text={prompt.address} label="Copy the address" />
      </div>
      {open.error && <ErrorNote error={open.error} />}
      <p role="status" className={css.row}>
        <Icon name="refresh" size={14} spin />
        <span>
          Waiting for you. There is time until <When at={prompt.expiresAt} sentence />.
        </span>
      </p>
      <p className={classes(css.small, css.faint)}>
        What the service gives out goes into the vault when you save, and is never shown.
      </p>
    </>
  );
}
