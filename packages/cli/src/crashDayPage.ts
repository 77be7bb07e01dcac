import {
  type ArchiveStatus,
  type CrashDay,
  type FetchPlan,
  type FetchRequest,
  type Manifest,
  planFetch,
} from "@aftershock/ingest";
import { CliError, isoMicros } from "@aftershock/schema";
import { grouped, tableText } from "./output.ts";

/** A command that fetches what an archive has of an instrument on a day. */
export interface FetchCommand {
  readonly instrument: string;
  readonly archive: string;
  readonly status: ArchiveStatus;
  /** The archive's data sets. */
  readonly sets: readonly string[];
  readonly command: string;
}

/** What can be fetched, the best first; of what is not sure to be there, the attempt tells. */
const FETCHABLE: readonly ArchiveStatus[] = ["free", "rest", "requester-pays", "unverified"];

/** What `aftershock fetch` would do; undefined where it knows nothing of it. */
function planOf(request: FetchRequest): FetchPlan | undefined {
  try {
    return planFetch(request);
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}

/** The command for some data sets of an archive; undefined where `aftershock fetch` has none of them. */
function fetchCommand(
  date: string,
  { instrument, archive, status }: Omit<FetchCommand, "sets" | "command">,
  sets: readonly string[],
): FetchCommand | undefined {
  const [venue = "", symbol = ""] = instrument.split(":");
  const request = { venue, instrument: symbol, days: [date] };
  const fetched = sets.filter((set) => {
    const files = planOf({ ...request, via: archive, streams: [set] })?.files ?? [];
    // A set that is taken only when it is named has the events of another one.
    return files.length > 0 && files.every(({ dataSet }) => dataSet.onlyWhenNamed === undefined);
  });
  if (fetched.length === 0) return undefined;
  const via = planOf(request)?.archive === archive ? "" : ` --via ${archive}`;
  const command = `aftershock fetch ${venue} ${symbol} ${date} --streams ${fetched.join(",")}${via}`;
  return { instrument, archive, status, sets: fetched, command };
}

/** The commands that fill the lake with a day: one for each instrument, archive and status. */
export function fetchCommands(day: CrashDay): readonly FetchCommand[] {
  const wanted = FETCHABLE.flatMap((status) =>
    day.archives
      .filter((one) => one.status === status)
      .flatMap(({ archive, instruments, sets }) =>
        instruments.map((instrument) => ({ instrument, archive, status, sets })),
      ),
  );
  const groups = Map.groupBy(wanted, ({ instrument, archive, status }) =>
    [status, archive, instrument].join(" "),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const sets = [...new Set(group.flatMap((one) => one.sets))];
    const command = first === undefined ? undefined : fetchCommand(day.date, first, sets);
    return command === undefined ? [] : [command];
  });
}

const unverified = (verified: boolean): string => (verified ? "" : "  [unverified]");

function priceLines({ prices }: CrashDay): readonly string[] {
  const coins = (["BTC", "ETH"] as const).map((coin) => {
    const { open, low, close } = prices[coin];
    const fall = (Number(low) / Number(open) - 1) * 100;
    return [coin, open, low, close, `${fall.toFixed(1)}%`];
  });
  return [
    tableText(["", "open", "low", "close", "fall to low"], coins),
    `${prices.market}; ${prices.source}${unverified(prices.verified)}`,
  ];
}

function archiveLines({ archives }: CrashDay): string {
  const rows = archives.map(({ archive, sets, status, instruments, note }) => [
    status,
    archive,
    sets.join(", "),
    instruments.join(", "),
    note ?? "",
  ]);
  return tableText(["status", "archive", "sets", "instruments", "note"], rows);
}

function lakeLines(recorded: readonly Manifest[]): string {
  if (recorded.length === 0) return "nothing of this day";
  const clock = (at: number): string => isoMicros(at).slice(11, 19);
  const rows = recorded.map(({ instrument, stream, firstTime, lastTime, rows: count }) => [
    instrument.id,
    stream,
    `${clock(firstTime)}–${clock(lastTime)}`,
    grouped(count),
  ]);
  return tableText(["instrument", "stream", "time", "rows"], rows);
}

const REMARKS: Readonly<Partial<Record<ArchiveStatus, string>>> = {
  "requester-pays": "   # Amazon charges your account",
  unverified: "   # may not exist",
};

const section = (title: string, lines: readonly string[]): string =>
  [`\n${title}`, ...lines].join("\n");

/** Everything that is known of a crash day, and of it in the lake, as text. */
export function crashDayPage(day: CrashDay, recorded: readonly Manifest[]): string {
  const fetches = fetchCommands(day).map(
    ({ command, status }) => `  ${command}${REMARKS[status] ?? ""}`,
  );
  return [
    `${day.date}  ${day.title}  (${day.event})`,
    section(
      "When",
      day.windows.map(
        ({ from, to, what, source, verified }) =>
          `  ${from} … ${to}  ${what}; ${source}${unverified(verified)}`,
      ),
    ),
    section("Prices", priceLines(day)),
    section(
      "Facts",
      day.facts.map(
        ({ text, source, verified }) => `  ${text}${unverified(verified)}\n      ${source}`,
      ),
    ),
    section(
      "Traps",
      day.traps.map(({ text, source }) => `  ${text}\n      ${source}`),
    ),
    section("Instruments", [`  ${day.instruments.join(", ")}`]),
    section("Archives", [archiveLines(day)]),
    section("In the lake", [lakeLines(recorded)]),
    section("To fill the lake", fetches),
  ].join("\n");
}
