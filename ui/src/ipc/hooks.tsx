import { keepPreviousData, type QueryKey, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import type { ApiError } from "./generated/ApiError";
import type { Progress } from "./generated/Progress";
import { type Answer, asApiError, type CommandName, type Request, type Transport } from "./transport";

const Door = createContext<Transport | null>(null);

export function TransportProvider({ transport, children }: { transport: Transport; children: ReactNode }) {
  return <Door.Provider value={transport}>{children}</Door.Provider>;
}

export function useTransport(): Transport {
  const transport = useContext(Door);
  if (!transport) throw new Error("No transport: wrap the tree in TransportProvider.");
  return transport;
}

/**
 * What a command answers, kept until something invalidates it. With `keep`, the answer to the last request stays until the
 * one to a new request is there.
 */
export function useAnswer<C extends CommandName>(command: C, request: Request<C>, enabled = true, keep = false) {
  const transport = useTransport();
  return useQuery<Answer<C>, ApiError>({
    queryKey: [command, request] as QueryKey,
    enabled,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
    queryFn: async () => {
      try {
        return await transport.call(command, request);
      } catch (thrown) {
        throw asApiError(thrown);
      }
    },
  });
}

/**
 * A command that changes something. `stale` names the answers that no longer hold afterwards; `onProgress` hears how far it
 * is, where it tells.
 */
export function useCommand<C extends CommandName>(
  command: C,
  stale: CommandName[] = [],
  onProgress?: (progress: Progress) => void,
) {
  const transport = useTransport();
  const queries = useQueryClient();
  return useMutation<Answer<C>, ApiError, Request<C>>({
    mutationFn: async (request) => {
      try {
        return await transport.call(command, request, onProgress);
      } catch (thrown) {
        throw asApiError(thrown);
      }
    },
    onSuccess: async () => {
      await Promise.all(stale.map((name) => queries.invalidateQueries({ queryKey: [name] })));
    },
  });
}

/** Everything that a run or a decision can change. */
export const AFTER_COLLECTING: CommandName[] = [
  "get_status",
  "get_score",
  "get_control",
  "list_integrations",
  "get_integration",
  "list_findings",
  "list_evidence",
  "get_evidence",
  "get_activity",
];

/** Opens a page in the system's browser; the host decides whether its address is allowed. */
export function useOpenLink(): (url: string) => void {
  const open = useCommand("open_link");
  return (url) => open.mutate({ url });
}
