import { Fragment } from "react";
import { Check } from "../kit/fields";
import { Button, css, Dialog } from "../kit/kit";
import { useKeySettings } from "./keys";
import shell from "./shell.module.css";

const command = /mac/i.test(navigator.platform) ? "Cmd" : "Ctrl";

const GROUPS: { title: string; keys: [keys: string[], what: string][] }[] = [
  {
    title: "Go to",
    keys: [
      [["G", "O"], "Overview"],
      [["G", "R"], "Requirements"],
      [["G", "E"], "Evidence"],
      [["G", "A"], "Activity"],
      [["G", "I"], "Integrations"],
      [["G", "S"], "Settings"],
    ],
  },
  {
    title: "Lists and requirements",
    keys: [
      [["/"], "Focus the filter of this page; F does the same"],
      [["J"], "Next row of the list, once a row has the focus"],
      [["K"], "Previous row"],
      [["N"], "Next requirement that is not assessed"],
      [["]"], "Next requirement, on a requirement's page"],
      [["["], "Previous requirement"],
    ],
  },
  {
    title: "Everywhere",
    keys: [
      [["F6"], "Next part of the window; Shift F6 goes back"],
      [[command, "L"], "Lock"],
      [["?"], "This list"],
      [["Esc"], "Close a dialog, clear a filter"],
    ],
  },
];

export function Shortcuts({ onClose }: { onClose: () => void }) {
  const { on, setOn } = useKeySettings();
  return (
    <Dialog
      title="Keyboard shortcuts"
      onClose={onClose}
      small
      foot={
        <span className={css.push}>
          <Button onPress={onClose}>Done</Button>
        </span>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls has to be reachable by the keyboard */}
      <div className={shell.shortcuts} tabIndex={0} role="region" aria-label="List of shortcuts">
        <Check
          label="Single-key shortcuts"
          checked={on}
          onChange={setOn}
          hint="Keys without Ctrl, such as N. Never while you type. Off holds until the app quits."
        />
        {GROUPS.map(({ title, keys }) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([pressed, what]) => (
                <Fragment key={what}>
                  <dt>
                    {pressed.map((key, at) => (
                      <Fragment key={key}>
                        {at > 0 && " "}
                        <kbd>{key}</kbd>
                      </Fragment>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
