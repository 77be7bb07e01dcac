import type { ArchiveStatus, CrashDay, Manifest } from "@aftershock/ingest";
import { isoMicros, type StreamName } from "@aftershock/schema";
import { grouped, tableText } from "./output.ts";

/** A command that fetches what an archive has of an instrument on a day. */
export interface FetchCommand {
  readonly instrument: string;
  readonly archive: string;
  readonly status: ArchiveStatus;
  readonly streams: readonly StreamName[];
  readonly command: string;
}

/** What can be fetched, the best first; of what is not sure to be there, the attempt tells. */
const FETCHABLE: readonly ArchiveStatus[] = ["free", "rest", "requester-pays", "unverified"];

/** The archives that `aftershock fetch` knows. */
const FETCHED_ARCHIVES: ReadonlySet<string> = new Set([
  "binance-vision",
  "bybit",
  "okx",
  "bitmex",
  "deribit",
  "gate",
  "hyperliquid",
  "cryptohft",
]);

/** The commands that fill the lake with a day, one for each instrument, archive and status. */
export function fetchCommands(day: CrashDay): readonly FetchCommand[] {
  const wanted = FETCHABLE.flatMap((status) =>
    day.archives
      .filter((one) => one.status === status && FETCHED_ARCHIVES.has(one.archive))
      .flatMap(({ archive, instruments, streams }) =>
        instruments.map((instrument) => ({ instrument, archive, status, streams })),
      ),
  );
  const groups = Map.groupBy(wanted, ({ instrument, archive, status }) =>
    [status, archive, instrument].join(" "),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { instrument, archive, status } = first;
    const streams = [...new Set(group.flatMap((one) => one.streams))];
    const [venue = "", symbol = ""] = instrument.split(":");
    const command = `aftershock fetch ${venue} ${symbol} ${day.date} --streams ${streams.join(",")}`;
    return [{ instrument, archive, status, streams, command }];
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
