import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { Company } from "../ipc/generated/Company";
import { type Clock, clockIn, ownZone } from "../words/format";

interface Session {
  company: Company;
  lock: () => void;
  locking: boolean;
  /** The name that decisions and reviews are made under; kept until the vault locks. */
  name: string;
  setName: (name: string) => void;
}

const Context = createContext<Session | null>(null);

export function SessionProvider({
  company,
  lock,
  locking,
  children,
}: {
  company: Company;
  lock: () => void;
  locking: boolean;
  children: ReactNode;
}) {
  const [name, setName] = useState("");
  const value = useMemo(() => ({ company, lock, locking, name, setName }), [company, lock, locking, name]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("No session: wrap the tree in SessionProvider.");
  return session;
}

/** The company's clock; this computer's own while no company is open. */
export function useClock(): Clock {
  const session = useContext(Context);
  return clockIn(session?.company.profile.zone || ownZone());
}
