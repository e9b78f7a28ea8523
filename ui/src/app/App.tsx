import { MutationCache, QueryCache, QueryClient, QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { type RouterHistory, RouterProvider } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import type { Appearance } from "../ipc/generated/Appearance";
import { TransportProvider, useAnswer, useCommand } from "../ipc/hooks";
import { asApiError, type Transport } from "../ipc/transport";
import { Answered } from "../kit/kit";
import { FirstRun } from "../screens/FirstRun";
import { Locked } from "../screens/Locked";
import { Closing } from "./Closing";
import { KeysProvider } from "./keys";
import { makeRouter } from "./router";
import { SessionProvider } from "./session";
import { ToastProvider } from "./toast";
import { WorkProvider } from "./work";

export function App({ transport, history }: { transport: Transport; history?: RouterHistory }) {
  const [queries] = useState(() => {
    // The host may lock by itself. The first refusal that says so brings the lock screen.
    const onError = (error: unknown) => {
      if (asApiError(error).code === "locked") void client.invalidateQueries({ queryKey: ["app_state"] });
    };
    const client: QueryClient = new QueryClient({
      queryCache: new QueryCache({ onError }),
      mutationCache: new MutationCache({ onError }),
      defaultOptions: {
        // The host is on the same machine: an answer holds until a command of ours changes it, and nothing is retried
        // behind the user's back.
        queries: { retry: false, staleTime: 30_000, refetchOnWindowFocus: true, networkMode: "always" },
        // A command may be asked with a passphrase or answer with a recovery key: it is forgotten with what asked it.
        mutations: { retry: false, networkMode: "always", gcTime: 0 },
      },
    });
    return client;
  });
  return (
    <QueryClientProvider client={queries}>
      <TransportProvider transport={transport}>
        <KeysProvider>
          <Gate history={history} />
          <Closing />
        </KeysProvider>
      </TransportProvider>
    </QueryClientProvider>
  );
}

function useAppearance(appearance: Appearance | undefined) {
  useEffect(() => {
    const page = document.documentElement;
    if (appearance === "light" || appearance === "dark") page.dataset.theme = appearance;
    else delete page.dataset.theme;
  }, [appearance]);
}

/** What is shown depends on one thing: whether a company is open. */
function Gate({ history }: { history?: RouterHistory | undefined }) {
  const app = useAnswer("app_state", {});
  const queries = useQueryClient();
  const lock = useCommand("lock");
  const router = useMemo(() => makeRouter(history), [history]);
  // Setting up runs over several steps in which the new company is already open at the host.
  const [settingUp, setSettingUp] = useState(false);
  useAppearance(app.data?.appearance);

  // Nothing of a company may stay in memory here once it is closed, whoever closed it.
  const closed = app.data !== undefined && app.data.company === null;
  useEffect(() => {
    if (closed) queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "app_state" });
  }, [closed, queries]);

  const opened = async () => {
    setSettingUp(false);
    await queries.resetQueries();
  };

  return (
    <Answered query={app} what="this computer's vaults">
      {(state) => {
        if (settingUp || (!state.company && state.vaults.length === 0)) {
          return (
            <FirstRun
              app={state}
              onStart={() => setSettingUp(true)}
              onDone={() => void opened()}
              onBack={state.vaults.length > 0 ? () => setSettingUp(false) : undefined}
            />
          );
        }
        if (!state.company) {
          return <Locked app={state} onOpened={() => void opened()} onSetUp={() => setSettingUp(true)} />;
        }
        return (
          <SessionProvider
            key={state.company.id}
            company={state.company}
            locking={lock.isPending}
            lock={() =>
              lock.mutate(
                {},
                {
                  onSuccess: () => void app.refetch(),
                },
              )
            }
          >
            <WorkProvider>
              <ToastProvider>
                <RouterProvider router={router} />
              </ToastProvider>
            </WorkProvider>
          </SessionProvider>
        );
      }}
    </Answered>
  );
}
