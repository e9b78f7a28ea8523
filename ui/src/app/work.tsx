import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { ApiError } from "../ipc/generated/ApiError";
import type { DatasetRun } from "../ipc/generated/DatasetRun";
import type { Progress } from "../ipc/generated/Progress";
import { AFTER_COLLECTING, useTransport } from "../ipc/hooks";
import { asApiError } from "../ipc/transport";

/** How one connection's part of the work stands. */
export interface Part {
  integrationId: string;
  label: string;
  total: number;
  done: number;
  reading: { title: string; rows: number; pages: number } | null;
  datasets: DatasetRun[];
  state: string;
}

/** Collecting that is under way, or that ended last. */
export interface Job {
  title: string;
  startedAt: string;
  running: boolean;
  cancelling: boolean;
  parts: Part[];
  error: ApiError | null;
}

type What =
  | { command: "sync_integration"; ids: string[] }
  | { command: "collect_evidence"; controlId: string }
  | { command: "run_due" };

interface Work {
  job: Job | null;
  start: (title: string, what: What) => void;
  cancel: () => void;
  dismiss: () => void;
}

const Context = createContext<Work | null>(null);

export function useWork(): Work {
  const work = useContext(Context);
  if (!work) throw new Error("No work: wrap the tree in WorkProvider.");
  return work;
}

/** What a progress message changes. Counts never go back. */
export function advance(parts: Part[], progress: Progress): Part[] {
  if (progress.kind === "started") {
    const fresh: Part = {
      integrationId: progress.integrationId,
      label: progress.label,
      total: progress.datasets,
      done: 0,
      reading: null,
      datasets: [],
      state: "running",
    };
    return [...parts.filter((part) => part.integrationId !== progress.integrationId), fresh];
  }
  // A sign-in is the dialog's, which asked for it.
  if (progress.kind === "sign_in" || progress.kind === "signed_in") return parts;
  return parts.map((part) => {
    if (part.integrationId !== progress.integrationId) return part;
    switch (progress.kind) {
      case "reading":
        return { ...part, reading: { title: progress.title, rows: progress.rows, pages: progress.pages } };
      case "kept":
        return {
          ...part,
          done: Math.max(part.done, progress.done),
          total: Math.max(part.total, progress.total),
          datasets: [...part.datasets, progress.dataset],
          reading: null,
        };
      default:
        return { ...part, state: progress.state, reading: null };
    }
  });
}

// A screen that changes more often than four times a second can't be read.
const REDRAW_MS = 250;

export function WorkProvider({ children }: { children: ReactNode }) {
  const transport = useTransport();
  const queries = useQueryClient();
  const [job, setJob] = useState<Job | null>(null);
  const parts = useRef<Part[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const busy = useRef(false);

  // The host collects by itself on schedule, and says so.
  useEffect(
    () =>
      transport.onChanged(() => {
        for (const name of AFTER_COLLECTING) void queries.invalidateQueries({ queryKey: [name] });
      }),
    [queries, transport],
  );

  const draw = useCallback(() => {
    if (timer.current) clearTimeout(timer.current);
    timer.current = null;
    setJob((now) => (now ? { ...now, parts: parts.current } : now));
  }, []);

  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current);
    },
    [],
  );

  const start = useCallback(
    (title: string, what: What) => {
      if (busy.current) return;
      busy.current = true;
      parts.current = [];
      setJob({ title, startedAt: new Date().toISOString(), running: true, cancelling: false, parts: [], error: null });
      const onProgress = (progress: Progress) => {
        parts.current = advance(parts.current, progress);
        if (!timer.current) timer.current = setTimeout(draw, REDRAW_MS);
      };
      const work =
        what.command === "sync_integration"
          ? transport.call("sync_integration", { ids: what.ids }, onProgress)
          : what.command === "collect_evidence"
            ? transport.call("collect_evidence", { controlId: what.controlId }, onProgress)
            : transport.call("run_due", {}, onProgress);
      void (work as Promise<unknown>)
        .then(
          () => null,
          (thrown: unknown) => asApiError(thrown),
        )
        .then(async (error) => {
          busy.current = false;
          draw();
          setJob((now) => (now ? { ...now, running: false, cancelling: false, error } : now));
          await Promise.all(AFTER_COLLECTING.map((name) => queries.invalidateQueries({ queryKey: [name] })));
        });
    },
    [draw, queries, transport],
  );

  const cancel = useCallback(() => {
    setJob((now) => (now ? { ...now, cancelling: true } : now));
    transport.call("cancel_work", {}).catch((thrown: unknown) => {
      setJob((now) => (now ? { ...now, cancelling: false, error: asApiError(thrown) } : now));
    });
  }, [transport]);

  const dismiss = useCallback(() => setJob((now) => (now?.running ? now : null)), []);

  const value = useMemo(() => ({ job, start, cancel, dismiss }), [job, start, cancel, dismiss]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

/** What is said about a job in one sentence. */
export function describe(job: Job): string {
  const done = job.parts.reduce((sum, part) => sum + part.done, 0);
  const total = job.parts.reduce((sum, part) => sum + part.total, 0);
  const reading = job.parts.find((part) => part.reading)?.reading;
  if (job.cancelling) return "Stopping. What was read in full is kept.";
  if (job.running) {
    const what = reading
      ? `, reading ${reading.title}${reading.rows ? ` (${reading.rows.toLocaleString("en-US")} rows)` : ""}`
      : "";
    return total ? `${done} of ${total} datasets${what}` : `Starting${what}`;
  }
  if (job.error) return job.error.what;
  const kept = job.parts
    .flatMap((part) => part.datasets)
    .filter((one) => one.state !== "failed" && one.state !== "never");
  const stopped = job.parts.some((part) => part.state === "cancelled");
  return `${stopped ? "Canceled" : "Finished"}: ${kept.length} of ${total} datasets kept.`;
}

const SAY_EVERY_MS = 10_000;

/** Says a changing sentence to assistive technology, at most once in ten seconds. */
export function Announcer({ sentence }: { sentence: string }) {
  const [said, setSaid] = useState("");
  const last = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const wait = last.current + SAY_EVERY_MS - performance.now();
    const say = () => {
      last.current = performance.now();
      setSaid(sentence);
    };
    if (wait <= 0) {
      say();
      return;
    }
    const timer = setTimeout(say, wait);
    return () => clearTimeout(timer);
  }, [sentence]);
  return (
    <div aria-live="polite" className="visually-hidden">
      {said}
    </div>
  );
}
