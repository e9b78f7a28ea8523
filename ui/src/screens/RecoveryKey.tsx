import { useState } from "react";
import type { ApiError } from "../ipc/generated/ApiError";
import { useCommand } from "../ipc/hooks";
import { Field } from "../kit/fields";
import { Button, CopyButton, classes, css, ErrorNote } from "../kit/kit";
import start from "./start.module.css";

/** Two different places of eight, by chance. */
function pickTwo(): [number, number] {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2));
  const first = a % 8;
  const second = (first + 1 + (b % 7)) % 8;
  return first < second ? [first, second] : [second, first];
}

export interface ShowingBack {
  places: [number, number];
  typed: string[];
  setTyped: (typed: string[]) => void;
  /** Whether something is typed for both places. */
  complete: boolean;
  wrong: number[];
  error: ApiError | null;
  busy: boolean;
  submit: () => void;
}

/** Two groups of a recovery key that its owner types from the copy, to show that there is one. */
export function useShowingBack(onShown: () => void): ShowingBack {
  const [places] = useState(pickTwo);
  const [typed, setTyped] = useState(["", ""]);
  const confirm = useCommand("confirm_recovery", ["app_state"]);
  return {
    places,
    typed,
    setTyped,
    complete: typed.every((one) => one.trim() !== ""),
    wrong: confirm.data?.wrong ?? [],
    error: confirm.error,
    busy: confirm.isPending,
    submit: () =>
      confirm.mutate(
        { groups: places.map((place, at) => ({ place, text: (typed[at] ?? "").trim() })) },
        { onSuccess: (answer) => answer.wrong.length === 0 && onShown() },
      ),
  };
}

/** The key in its eight groups, to copy and to print, and the two groups that are shown back. */
export function RecoveryKey({ recoveryKey, back }: { recoveryKey: string[]; back: ShowingBack }) {
  const { places, typed, setTyped, wrong, error } = back;
  return (
    <>
      <ol className={start.key} aria-label="Recovery key">
        {recoveryKey.map((group, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: eight fixed places
          <li key={at}>
            <span>{at + 1}</span>
            {group}
          </li>
        ))}
      </ol>
      <div className={classes(css.row, start.noPrint)}>
        <Button small icon="print" onPress={() => window.print()}>
          Print
        </Button>
        <CopyButton text={recoveryKey.join("-")} />
        <span className={classes(css.small, css.muted)}>
          Keep it on paper or in a password manager, not beside the vault.
        </span>
      </div>
      <div className={classes(start.noPrint, css.stack)}>
        <h2>Show that you have it</h2>
        <p className={css.muted}>
          Type groups {places[0] + 1} and {places[1] + 1} from your copy.
        </p>
        <div className={start.two}>
          {places.map((place, at) => (
            <Field
              key={place}
              label={`Group ${place + 1}`}
              mono
              value={typed[at] ?? ""}
              onChange={(value) => setTyped(typed.map((one, n) => (n === at ? value : one)))}
              error={wrong.includes(place) ? `This is not group ${place + 1}. Look at your copy again.` : null}
            />
          ))}
        </div>
        {error && <ErrorNote error={error} />}
      </div>
    </>
  );
}
