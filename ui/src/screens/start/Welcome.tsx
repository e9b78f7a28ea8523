import type { ReactNode } from "react";
import type { AppState } from "../../ipc/generated/AppState";
import { useCommand } from "../../ipc/hooks";
import { Icon } from "../../kit/Icon";
import { Button, Callout, classes, css, ErrorNote } from "../../kit/kit";
import { plainText, Text } from "../../kit/Text";
import start from "../start.module.css";
import { Frame } from "./Frame";

const PROMISES: [string, string][] = [
  ["Your services are read", "Each by a sign-in that you make, with permissions to read. Nothing in them is changed."],
  ["Answers become evidence", "Kept as they came, dated, and marked so that a later change shows."],
  ["Checks suggest", "Pass, fail, or could not check with the reason. What is unknown never counts as a pass."],
  ["You decide", "What is met is decided per objective, with your name and why."],
  ["Each day anew", "A sync at the time you set. What changed is shown."],
];

export function Welcome({
  app,
  steps,
  onCompany,
  onDemo,
  onBack,
}: {
  app: AppState;
  steps: ReactNode;
  onCompany: () => void;
  onDemo: () => void;
  onBack?: (() => void) | undefined;
}) {
  const demo = useCommand("create_demo");
  // A demo that is being made opens when it is there: nothing else may begin meanwhile.
  const unlessMaking = (go: () => void) => () => {
    if (!demo.isPending) go();
  };
  return (
    <Frame
      steps={steps}
      foot={
        <>
          {onBack && <Button onPress={unlessMaking(onBack)}>Back</Button>}
          <span className={classes(css.small, css.faint)}>
            Vaults are kept in <Text value={app.dataDir} clamp={200} />
          </span>
          <span className={classes(css.small, css.faint, css.push)}>Version {plainText(app.version, 20)}</span>
        </>
      }
    >
      <h1>Evidence for CMMC from the services you already run</h1>
      <p className={start.lead}>
        Connect the services your company uses. Their settings become dated evidence under the requirements they
        support, and stay current every day.
      </p>
      <ul className={start.choices}>
        <li>
          <Choice
            icon="building"
            title="Set up my company"
            text="A new vault. About ten minutes to the first evidence."
            onPress={unlessMaking(onCompany)}
          />
        </li>
        <li>
          <Choice
            icon="play"
            title={demo.isPending ? "Making the demo company…" : "Look at a demo company"}
            text="Made-up people and services, in a vault of its own."
            onPress={unlessMaking(() => demo.mutate({}, { onSuccess: onDemo }))}
          />
        </li>
        {onBack && (
          <li>
            <Choice
              icon="folder"
              title="Open a vault of this computer"
              text="One that was made here before."
              onPress={unlessMaking(onBack)}
            />
          </li>
        )}
      </ul>
      {demo.error && <ErrorNote error={demo.error} />}
      <div className={start.compare}>
        <table>
          <caption className={css.visuallyHidden}>What happens, and who does it</caption>
          <thead>
            <tr>
              <th scope="col">What happens</th>
              <th scope="col">How</th>
            </tr>
          </thead>
          <tbody>
            {PROMISES.map(([what, how]) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>{how}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Callout>
        <strong>What it does not do:</strong> it does not say that you comply. Checks suggest; a person decides each
        objective, by name, and only that counts.
      </Callout>
    </Frame>
  );
}

function Choice({ icon, title, text, onPress }: { icon: string; title: string; text: string; onPress: () => void }) {
  return (
    <button type="button" className={start.big} onClick={onPress}>
      <Icon name={icon} size={20} />
      <span>
        <strong className={css.medium}>{title}</strong>
        <br />
        <span className={classes(css.small, css.muted)}>{text}</span>
      </span>
    </button>
  );
}
