import {
  createContext,
  type ReactNode,
  type RefObject,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";

/** What keys do, e.g. `{ "/": focusFilter, "g o": toOverview }`: one key, or two pressed one after the other. */
export type Bindings = Record<string, () => void>;

interface Keys {
  /** Whether keys without Ctrl or Cmd do anything: a person may turn that off (WCAG 2.1.4). */
  on: boolean;
  setOn: (on: boolean) => void;
  register: (bindings: RefObject<Bindings>) => () => void;
}

const Context = createContext<Keys | null>(null);

// Longer than a person takes between two keys that belong together.
const CHORD_MS = 1500;

const NOT_TYPED_INTO = new Set(["button", "checkbox", "radio", "range", "reset", "submit"]);

/** Whether a key pressed here is part of a text or a choice. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !NOT_TYPED_INTO.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

export function KeysProvider({ children }: { children: ReactNode }) {
  const [on, setOn] = useState(true);
  const registered = useRef(new Set<RefObject<Bindings>>());

  useEffect(() => {
    let begun: { key: string; at: number } | null = null;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Shift") return;
      const first = begun && event.timeStamp - begun.at < CHORD_MS ? begun.key : null;
      begun = null;
      if (!on || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector("[role=dialog], [role=alertdialog]")) return;
      const key = event.key.toLowerCase();
      const all = [...registered.current].reverse().map((one) => one.current);
      const wanted = first ? `${first} ${key}` : key;
      const found = all.find((bindings) => Object.hasOwn(bindings, wanted))?.[wanted];
      if (found) {
        event.preventDefault();
        found();
      } else if (!first && all.some((bindings) => Object.keys(bindings).some((one) => one.startsWith(`${key} `)))) {
        begun = { key, at: event.timeStamp };
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [on]);

  const keys = useMemo<Keys>(
    () => ({
      on,
      setOn,
      register: (bindings) => {
        registered.current.add(bindings);
        return () => registered.current.delete(bindings);
      },
    }),
    [on],
  );
  return <Context.Provider value={keys}>{children}</Context.Provider>;
}

export function useKeySettings(): Keys {
  const keys = useContext(Context);
  if (!keys) throw new Error("No keys: wrap the tree in KeysProvider.");
  return keys;
}

/** Lets keys do this while the component is on the screen. What came later wins. */
export function useKeys(bindings: Bindings): void {
  const { register } = useKeySettings();
  const latest = useRef(bindings);
  useLayoutEffect(() => {
    latest.current = bindings;
  });
  useEffect(() => register(latest), [register]);
}
