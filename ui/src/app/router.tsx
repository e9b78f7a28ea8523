import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  type RouterHistory,
} from "@tanstack/react-router";
import { asApiError } from "../ipc/transport";
import { Button, css, ErrorNote } from "../kit/kit";
import { Activity } from "../screens/Activity";
import { Control } from "../screens/Control";
import { Evidence } from "../screens/Evidence";
import { Integration } from "../screens/Integration";
import { Integrations } from "../screens/Integrations";
import { Overview } from "../screens/Overview";
import { Requirements } from "../screens/Requirements";
import { Settings } from "../screens/Settings";
import type { Filters } from "../words/filter";
import { Shell } from "./Shell";

function Failed({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <main className={css.section}>
      <h1>This page could not be shown</h1>
      <ErrorNote error={asApiError(error)}>
        <Button small onPress={reset}>
          Try again
        </Button>
      </ErrorNote>
    </main>
  );
}

function Nowhere() {
  return (
    <div className={css.empty}>
      <h1>There is no such page</h1>
      <p>Choose one at the left.</p>
    </div>
  );
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const root = createRootRoute({ component: Shell, errorComponent: Failed, notFoundComponent: Nowhere });
const overview = createRoute({ getParentRoute: () => root, path: "/", component: Overview });
const requirementsRoute = createRoute({
  getParentRoute: () => root,
  path: "/requirements",
  component: Requirements,
  validateSearch: (search: Record<string, unknown>): Filters & { selected?: string | undefined } => ({
    q: text(search.q),
    status: text(search.status),
    state: text(search.state),
    points: text(search.points),
    coverage: text(search.coverage),
    family: text(search.family),
    selected: text(search.selected),
  }),
});
const controlRoute = createRoute({
  getParentRoute: () => root,
  path: "/requirements/$id",
  component: Control,
  validateSearch: (search: Record<string, unknown>): { objective?: string | undefined } => ({
    objective: text(search.objective),
  }),
});
const evidenceRoute = createRoute({
  getParentRoute: () => root,
  path: "/evidence",
  component: Evidence,
  validateSearch: (search: Record<string, unknown>): { item?: string | undefined } => ({ item: text(search.item) }),
});
const integrations = createRoute({ getParentRoute: () => root, path: "/integrations", component: Integrations });
const integrationRoute = createRoute({
  getParentRoute: () => root,
  path: "/integrations/$id",
  component: Integration,
});
const activity = createRoute({ getParentRoute: () => root, path: "/activity", component: Activity });
const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: Settings,
  validateSearch: (search: Record<string, unknown>): { part?: "vault" | undefined } => ({
    part: search.part === "vault" ? "vault" : undefined,
  }),
});

const routeTree = root.addChildren([
  overview,
  requirementsRoute,
  controlRoute,
  evidenceRoute,
  integrations,
  integrationRoute,
  activity,
  settings,
]);

export function makeRouter(history: RouterHistory = createHashHistory()) {
  return createRouter({ routeTree, history, defaultPendingMinMs: 0 });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
