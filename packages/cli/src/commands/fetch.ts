import {
  type Credentials,
  type FetchedFile,
  fetchRaw,
  type FetchPlan,
  type FetchRequest,
  holdsOtherDays,
  ingest,
  type IngestGroup,
  ingestGroups,
  type IngestResult,
  type Lake,
  onlyAsked,
  parseDays,
  planFetch,
  rawFolder,
  SOURCES,
} from "@aftershock/ingest";
import { AftershockError, DataError } from "@aftershock/schema";
import { FetchDisplay } from "../fetchDisplay.ts";
import { grouped, printJson, printLine, printTable } from "../output.ts";
import { ProgressLine, say } from "../progressLine.ts";
import { version } from "../version.ts";
import { wallClock } from "../wallClock.ts";
import { printResult, warnOfDisplaced } from "./ingest.ts";

/** What `aftershock fetch` takes. */
export interface FetchCommandOptions {
  readonly venue: string;
  readonly instrument: string;
  /** `YYYY-MM-DD`, or `YYYY-MM-DD..YYYY-MM-DD`. */
  readonly dates: readonly string[];
  readonly streams?: readonly string[];
  readonly via?: string;
  /** Only says what would be fetched. */
  readonly dryRun: boolean;
  readonly ingest: boolean;
  /** Also ingests days of which files are lacking. */
  readonly partDays: boolean;
  readonly jobs?: number;
  /** For tests. */
  readonly hosts: ReadonlyMap<string, string>;
  readonly json: boolean;
}

/** What did not go into the lake, and why. */
interface NotIngested {
  readonly set: string;
  readonly days: readonly string[];
  readonly why: string;
  /** True for a day of which files are lacking: the archive's fault, and told of by them. */
  readonly partDay: boolean;
}

/** A variable of the environment; an empty text counts as absent. */
function variable(name: string): string | undefined {
  const text = process.env[name];
  return text === "" ? undefined : text;
}

function credentials(): Credentials {
  const tardisKey = variable("TARDIS_API_KEY");
  const accessKeyId = variable("AWS_ACCESS_KEY_ID");
  const secretAccessKey = variable("AWS_SECRET_ACCESS_KEY");
  const sessionToken = variable("AWS_SESSION_TOKEN");
  return {
    ...(tardisKey === undefined ? {} : { tardisKey }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : {
          aws: {
            accessKeyId,
            secretAccessKey,
            ...(sessionToken === undefined ? {} : { sessionToken }),
          },
        }),
  };
}

const setName = ({ dataSet, interval }: FetchedFile["planned"]): string =>
  interval === "" ? dataSet.set : `${dataSet.set}-${interval}`;

/** Says what the archive does not have, of sets that were not asked for by name. */
function sayLeft({ archive, left }: FetchPlan): void {
  for (const { set, days, has } of left) {
    const [first, last] = [days[0], days.at(-1)];
    say(
      `${archive} has no ${set} of ${first === last ? first : `${first} … ${last}`}: it has ${has}`,
    );
  }
}

/** What the user of a plan should know, each line once. */
const caveatsOf = ({ files }: FetchPlan): ReadonlySet<string> =>
  new Set(files.flatMap(({ dataSet }) => dataSet.caveats.map((text) => `${dataSet.set}: ${text}`)));

function printPlan(plan: FetchPlan, folder: string, json: boolean): void {
  const { archive, files, left } = plan;
  if (json) {
    const planned = files.map((file) => ({
      set: setName(file),
      streams: file.dataSet.streams,
      days: file.days,
      urls: file.urls,
      path: file.path,
      source: file.dataSet.source,
    }));
    printJson({ raw: folder, archive, dryRun: true, files: planned, left });
    return;
  }
  printTable(
    ["set", "address", "file"],
    files.map((file) => [
      setName(file),
      file.urls.join(" or "),
      file.dataSet.pages === undefined ? file.path : `${file.path} (page by page)`,
    ]),
  );
  for (const caveat of caveatsOf(plan)) printLine(caveat);
}

async function download(
  lake: Lake,
  plan: FetchPlan,
  { jobs, hosts }: FetchCommandOptions,
): Promise<readonly FetchedFile[]> {
  const display = new FetchDisplay(plan.files.length);
  try {
    return await fetchRaw({
      lake,
      plan,
      clock: wallClock,
      userAgent: `aftershock/${version}`,
      credentials: credentials(),
      hosts,
      ...(jobs === undefined ? {} : { jobs }),
      onProgress: (progress) => display.update(progress),
      onRetry: ({ url, why, nth, most, pauseMs }) =>
        say(
          `${new URL(url).host}: ${why}; trying again in ${Math.round(pauseMs / 1_000)} s (${nth} of ${most})`,
        ),
    });
  } finally {
    display.done();
  }
}

/** Ingests one group; says why where it cannot. */
async function ingestGroup(
  lake: Lake,
  { dataSet, symbol, files, days }: IngestGroup,
): Promise<IngestResult | string> {
  const source = SOURCES.find(({ name }) => name === dataSet.source);
  if (source === undefined) return `there is no source "${dataSet.source}" to read it yet`;
  const progress = new ProgressLine(`ingest ${source.name}`);
  try {
    return await ingest({
      lake,
      source: onlyAsked(source, {
        ...(holdsOtherDays(dataSet) ? { days: new Set(days) } : {}),
        ...(dataSet.manyInstruments === undefined ? {} : { symbol }),
      }),
      paths: files,
      hints: { venue: dataSet.venue, symbol },
      onProgress: ({ file, bytesRead, bytesTotal, rows }) =>
        progress.file(file, bytesRead, bytesTotal, rows),
    });
  } catch (error) {
    if (!(error instanceof AftershockError)) throw error;
    return [error.message, ...error.hints.slice(0, 1)].join(" ");
  } finally {
    progress.done();
  }
}

/** Ingests what can be; each group by itself, so that a bad file keeps nothing else out of the lake. */
async function ingestFetched(
  lake: Lake,
  fetched: readonly FetchedFile[],
  { partDays: takePartDays, json }: FetchCommandOptions,
): Promise<{ ingests: readonly IngestResult[]; notIngested: readonly NotIngested[] }> {
  const { groups, partDays } = ingestGroups(fetched, {
    continues: (name) => SOURCES.find((source) => source.name === name)?.continues ?? false,
    partDays: takePartDays,
  });
  const ingests: IngestResult[] = [];
  const notIngested: NotIngested[] = partDays.map(({ set, day, lacking }) => ({
    set,
    days: [day],
    why: `the day is not whole, lacking ${lacking.join(", ")}`,
    partDay: true,
  }));
  for (const group of groups) {
    const outcome = await ingestGroup(lake, group);
    if (typeof outcome === "string") {
      const { dataSet, days } = group;
      notIngested.push({ set: dataSet.set, days, why: outcome, partDay: false });
      continue;
    }
    warnOfDisplaced(outcome);
    ingests.push(outcome);
    if (!json) {
      printLine("");
      printResult(outcome);
    }
  }
  return { ingests, notIngested };
}

function printFetched(fetched: readonly FetchedFile[]): void {
  printTable(
    ["file", "bytes", "status", "sha256"],
    fetched.map(({ path, bytes, status, sha256, empty }) => [
      path,
      sha256 === "" ? "" : grouped(bytes),
      empty && sha256 !== "" ? `${status}, without data` : status,
      sha256.slice(0, 12),
    ]),
  );
  for (const { status, path, why } of fetched) {
    if (status === "failed") say(`${path}: ${why}`);
  }
}

/**
 * Throws DataError when what was asked for is not all there: a file that failed, a named set that is missing, no file at all, or
 * something that could not be ingested. A set that nobody named may be missing.
 */
function checkAll(
  fetched: readonly FetchedFile[],
  notIngested: readonly NotIngested[],
  { streams, instrument, partDays }: FetchCommandOptions,
): void {
  const failed = fetched.filter(({ status }) => status === "failed");
  const missing = fetched.filter(({ status }) => status === "missing");
  if (failed.length > 0) {
    throw new DataError(`${failed.length} of ${fetched.length} files could not be fetched`, {
      hints: ["Run the same command again: it goes on where it stopped."],
    });
  }
  if (missing.length === fetched.length || (streams !== undefined && missing.length > 0)) {
    const part = partDays ? "" : " --part-days ingests days of which files are lacking.";
    throw new DataError(
      `${missing.length} of ${fetched.length} files are not in the archive, first ${missing[0]?.url}`,
      { hints: [`Check the name ${instrument} and the day, see --dry-run.${part}`] },
    );
  }
  const notRead = notIngested.filter(({ partDay }) => !partDay);
  const [first] = notRead;
  if (first === undefined) return;
  throw new DataError(
    `${notRead.length} of what was fetched could not be ingested, first ${first.set} of ${first.days.join(", ")}: ${first.why}`,
    { hints: ["The files stay in raw/; `aftershock ingest FILE` tells more."] },
  );
}

/** `aftershock fetch VENUE INSTRUMENT DATE…`: downloads public archives into the lake's raw folder, and ingests them. */
export async function fetchCommand(lake: Lake, options: FetchCommandOptions): Promise<void> {
  const { venue, instrument, streams, via, json } = options;
  const request: FetchRequest = {
    venue,
    instrument,
    days: parseDays(options.dates),
    ...(streams === undefined ? {} : { streams }),
    ...(via === undefined ? {} : { via }),
  };
  const plan = planFetch(request);
  const folder = rawFolder(lake.paths.root);
  if (!json) sayLeft(plan);
  if (plan.files.length === 0) {
    throw new DataError(`${plan.archive} has nothing of ${venue}:${instrument} on these days`, {
      hints: ["Name a data set with --streams to ask for it all the same."],
    });
  }
  if (options.dryRun) {
    printPlan(plan, folder, json);
    return;
  }
  const fetched = await download(lake, plan, options);
  if (!json) printFetched(fetched);
  const { ingests, notIngested } = options.ingest
    ? await ingestFetched(lake, fetched, options)
    : { ingests: [], notIngested: [] };
  if (!json)
    for (const { set, days, why } of notIngested)
      say(`not ingested: ${set} of ${days.join(", ")}: ${why}`);
  if (json) {
    const files = fetched.map(({ planned, url, path, status, bytes, sha256, empty, why }) => ({
      set: setName(planned),
      days: planned.days,
      url,
      path,
      status,
      bytes,
      sha256,
      empty,
      ...(why === undefined ? {} : { why }),
    }));
    printJson({ raw: folder, archive: plan.archive, files, left: plan.left, ingests, notIngested });
  }
  checkAll(fetched, notIngested, options);
}
