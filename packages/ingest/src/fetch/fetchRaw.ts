import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { readFile } from "node:fs/promises";
import { ConfigError, DataError, IntegrityError } from "@aftershock/schema";
import type { Lake } from "../store/lake.ts";
import { withLock } from "../store/stagingFolder.ts";
import { download, type Downloaded } from "./download.ts";
import type { DownloadContext, DownloadJob, Retry } from "./downloadJob.ts";
import type { FetchClock } from "./fetchClock.ts";
import { HostGates } from "./hostGate.ts";
import { HttpClient } from "./httpClient.ts";
import { checkAccess, type Credentials, identityFor } from "./identity.ts";
import { nextTradesPage } from "./pages.ts";
import { type FetchPlan, pagePath, type PlannedFile } from "./planFetch.ts";
import { inRaw } from "./rawPath.ts";
import { dayOf } from "./utcDays.ts";

/** What became of a file. */
export interface FetchedFile {
  readonly planned: PlannedFile;
  readonly url: string;
  /** Below `raw`. */
  readonly path: string;
  /** On disk. */
  readonly file: string;
  /**
   * `fetched` now, or `present` from an earlier time: whole and verified. `missing`: the archive does not have it. `failed`: it
   * could not be had whole.
   */
  readonly status: "fetched" | "present" | "missing" | "failed";
  readonly bytes: number;
  /** Empty where there is no file. */
  readonly sha256: string;
  /** True when nothing is in it: a day without data. */
  readonly empty: boolean;
  /** Why it is missing or has failed. */
  readonly why?: string;
}

/** How far a download has come. */
export interface FetchProgress {
  /** Below `raw`. */
  readonly path: string;
  /** Bytes that are there. */
  readonly bytes: number;
  /** Bytes of the whole file, where the server said it. */
  readonly total?: number;
  /** True when it came to its end, good or bad. */
  readonly ended: boolean;
}

/** What a fetch is given. */
export interface FetchOptions {
  readonly lake: Lake;
  readonly plan: FetchPlan;
  readonly clock: FetchClock;
  /** Sent with each request. */
  readonly userAgent: string;
  /** Downloads at once from one host, at most; a host may allow fewer. Default 4. */
  readonly jobs?: number;
  readonly credentials?: Credentials;
  /** Default 60 s. */
  readonly idleMs?: number;
  /** Default 16 GiB. */
  readonly maxBytes?: number;
  /** For tests: from a host to the loopback origin that stands for it. */
  readonly hosts?: ReadonlyMap<string, string>;
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly onRetry?: (retry: Retry) => void;
}

interface Run extends Required<Pick<FetchOptions, "lake" | "credentials" | "onProgress">> {
  readonly context: DownloadContext;
}

/** Throws ConfigError for days that are not over: what the archives have of them is not whole, and would never be asked for again. */
function checkOver(plan: FetchPlan, clock: FetchClock): void {
  const today = dayOf(clock.now());
  const open = plan.files.flatMap(({ days }) => days).find((day) => day >= today);
  if (open === undefined) return;
  throw new ConfigError(`${open} is not over yet (UTC)`, {
    hints: ["Archives hold whole days: ask for days before today."],
  });
}

/** Runs a download while no other process of this machine downloads the same file. */
async function alone<T>(lake: Lake, target: string, run: () => Promise<T>): Promise<T> {
  const name = createHash("sha256").update(target).digest("hex").slice(0, 32);
  let entered = false;
  try {
    return await withLock(lake, `raw-${name}`, () => {
      entered = true;
      return run();
    });
  } catch (cause) {
    if (entered || !(cause instanceof IntegrityError)) throw cause;
    throw new DataError(`${target}: another fetch is downloading it`, {
      cause,
      hints: ["Run the command again when that one is done."],
    });
  }
}

/** Downloads one file, and tells of it whatever becomes of it; only errors that concern more than this file are thrown. */
async function fetchFile(
  { context, lake, credentials, onProgress }: Run,
  planned: PlannedFile,
  urls: readonly string[],
  path: string,
): Promise<FetchedFile> {
  const { dataSet } = planned;
  const target = inRaw(lake.paths.root, path);
  const job: DownloadJob = {
    dataSet,
    urls,
    target,
    identity: identityFor(dataSet, credentials, context.clock),
    onBytes: (bytes, total) =>
      onProgress({ path, bytes, ...(total === undefined ? {} : { total }), ended: false }),
  };
  const told = { planned, url: urls[0] ?? "", path, file: target };
  const nothing = { ...told, bytes: 0, sha256: "", empty: true };
  const outcome = await alone(lake, target, () => download(context, job)).catch(
    (error: unknown): DataError => {
      if (error instanceof DataError) return error;
      throw error;
    },
  );
  const found = fileOf(outcome, told, nothing);
  onProgress({ path, bytes: found.bytes, total: found.bytes, ended: true });
  return found;
}

function fileOf(
  outcome: Downloaded | DataError,
  told: Pick<FetchedFile, "planned" | "url" | "path" | "file">,
  nothing: Omit<FetchedFile, "status">,
): FetchedFile {
  if (outcome instanceof Error) {
    return { ...nothing, status: "failed", why: `${outcome.message}. ${outcome.hints.join(" ")}` };
  }
  if (outcome.status === "missing") return { ...nothing, status: "missing", why: outcome.why };
  const { url, bytes, sha256, empty } = outcome.record;
  return { ...told, url, status: outcome.status, bytes, sha256, empty };
}

/** Downloads a planned file, with all pages where it has pages. */
async function fetchPlanned(run: Run, planned: PlannedFile): Promise<readonly FetchedFile[]> {
  const { urls, path, dataSet } = planned;
  if (dataSet.pages === undefined) return [await fetchFile(run, planned, urls, path)];
  const pages: FetchedFile[] = [];
  for (let url = urls[0]; url !== undefined;) {
    const page = await fetchFile(run, planned, [url], pagePath(path, pages.length + 1));
    pages.push(page);
    if (page.sha256 === "") return pages;
    try {
      url = nextTradesPage(url, await readFile(page.file, "utf8"));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      pages.push({ ...page, status: "failed", bytes: 0, sha256: "", why: error.message });
      return pages;
    }
  }
  return pages;
}

/**
 * Downloads what a plan needs into the lake's `raw` folder, and tells what became of each file, in the plan's order. A file that
 * fails or is missing does not stop the others. Throws ConfigError, before anything is asked for, when a key is needed or a day
 * is not over.
 */
export async function fetchRaw(options: FetchOptions): Promise<readonly FetchedFile[]> {
  const { lake, plan, clock, userAgent, jobs = 4, credentials = {} } = options;
  const { idleMs = 60_000, maxBytes = 2 ** 34, hosts = new Map(), onProgress } = options;
  checkOver(plan, clock);
  for (const files of Map.groupBy(plan.files, ({ dataSet }) => dataSet.access).values()) {
    const days = new Set(files.flatMap((file) => file.days));
    for (const { dataSet } of files.slice(0, 1)) checkAccess(dataSet, [...days], credentials);
  }
  const client = new HttpClient(hosts, userAgent);
  const stop = new AbortController();
  // Every pause of every download listens to it.
  setMaxListeners(0, stop.signal);
  const gates = new HostGates(jobs, clock);
  const run: Run = {
    lake,
    credentials,
    onProgress: onProgress ?? (() => {}),
    context: {
      client,
      gates,
      clock,
      idleMs,
      maxBytes,
      stopped: stop.signal,
      onRetry: options.onRetry ?? (() => {}),
    },
  };
  const fetchInTurn = (planned: PlannedFile): Promise<readonly FetchedFile[]> =>
    gates
      .download(new URL(planned.urls[0] ?? "").host, async () =>
        stop.signal.aborted ? [] : fetchPlanned(run, planned),
      )
      .catch((error: unknown) => {
        // A full disk, say, concerns all: what is under way ends, and stays to be gone on with.
        stop.abort();
        throw error;
      });
  const outcomes = await Promise.allSettled(plan.files.map(fetchInTurn));
  return outcomes.flatMap((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}
