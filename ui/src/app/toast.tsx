import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { Icon } from "../kit/Icon";
import { css, IconButton } from "../kit/kit";
import { Text } from "../kit/Text";

const SHOWN_MS = 8_000;

const Context = createContext<((sentence: string) => void) | null>(null);

/** Says that something succeeded, in one line that goes away by itself. */
export function useToast(): (sentence: string) => void {
  const tell = useContext(Context);
  if (!tell) throw new Error("No toasts: wrap the tree in ToastProvider.");
  return tell;
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [sentence, setSentence] = useState<string | null>(null);
  // Who is reading it, by pointer or by keyboard, is not hurried.
  const [held, setHeld] = useState(false);
  const close = useCallback(() => {
    setSentence(null);
    setHeld(false);
  }, []);
  useEffect(() => {
    if (sentence === null || held) return;
    const timer = setTimeout(close, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [sentence, held, close]);
  return (
    <Context.Provider value={setSentence}>
      {children}
      <div
        role="status"
        className={sentence === null ? undefined : css.toast}
        onPointerEnter={() => setHeld(true)}
        onPointerLeave={() => setHeld(false)}
        onFocus={() => setHeld(true)}
        onBlur={() => setHeld(false)}
      >
        {sentence !== null && (
          <>
            <Icon name="c-ok" />
            <Text value={sentence} clamp={200} />
            <IconButton icon="x" label="Dismiss the message" onPress={close} />
          </>
        )}
      </div>
    </Context.Provider>
  );
}
