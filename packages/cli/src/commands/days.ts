import { CliError } from "@aftershock/schema";
import {
  ARCHIVE_STATUSES,
  type CrashDay,
  type Lake,
  loadCrashDays,
  type Manifest,
} from "@aftershock/ingest";
import { catalogueFolder } from "../catalogueFolder.ts";
import { crashDayPage, fetchCommands } from "../crashDayPage.ts";
import { isDay } from "../dayArgument.ts";
import { grouped, printJson, printLine, printTable } from "../output.ts";

/** What the lake holds of a market on a day. Simulated rows are no recording of it. */
const recordedOn = (partitions: readonly Manifest[], date: string): readonly Manifest[] =>
  partitions.filter((partition) => partition.date === date && partition.simulated === null);

const rowsOf = (partitions: readonly Manifest[]): number =>
  partitions.reduce((rows, partition) => rows + partition.rows, 0);

/** How far BTC fell from its open to its low, a fraction; negative. */
const btcFall = ({ prices }: CrashDay): number =>
  Number(prices.BTC.low) / Number(prices.BTC.open) - 1;

/** How many data sets of a day there are of each status. */
const countArchives = ({ archives }: CrashDay): Readonly<Record<string, number>> =>
  Object.fromEntries(
    ARCHIVE_STATUSES.map(
      (status) => [status, archives.filter((one) => one.status === status).length] as const,
    ).filter(([, count]) => count > 0),
  );

function listRow(day: CrashDay, recorded: readonly Manifest[]): string[] {
  const archives = Object.entries(countArchives(day))
    .filter(([status]) => status !== "none")
    .map(([status, count]) => `${status} ${count}`);
  return [
    day.date,
    day.title,
    day.prices.BTC.low,
    `${(btcFall(day) * 100).toFixed(1)}%`,
    archives.join(", "),
    recorded.length === 0
      ? ""
      : `${grouped(recorded.length)} partitions, ${grouped(rowsOf(recorded))} rows`,
  ];
}

function listDays(lake: Lake, days: readonly CrashDay[], partitions: readonly Manifest[]): void {
  const rows = days.map((day) => listRow(day, recordedOn(partitions, day.date)));
  printTable(["date", "title", "BTC low", "fall", "archives", "in the lake"], rows);
  printLine(
    `\nBTC in USDT on Binance spot, UTC days; the fall is from open to low. The lake is ${lake.paths.root}. \`aftershock days DATE\` shows one.`,
  );
}

function listJson(lake: Lake, days: readonly CrashDay[], partitions: readonly Manifest[]): void {
  printJson({
    lake: lake.paths.root,
    days: days.map((day) => {
      const recorded = recordedOn(partitions, day.date);
      const { date, title, event, prices } = day;
      const inLake = { partitions: recorded.length, rows: rowsOf(recorded) };
      const archives = countArchives(day);
      return { date, title, event, btc: prices.BTC, btcFall: btcFall(day), archives, inLake };
    }),
  });
}

/** The dates of the catalogue that are nearest to one, in order of time. */
function nearDates(days: readonly CrashDay[], date: string): readonly string[] {
  const apart = (other: string): number => Math.abs(Date.parse(other) - Date.parse(date));
  const byDistance = days.map((day) => day.date).toSorted((a, b) => apart(a) - apart(b));
  return byDistance.slice(0, 3).toSorted();
}

function dayOf(days: readonly CrashDay[], date: string): CrashDay {
  const found = days.find((day) => day.date === date);
  if (found !== undefined) return found;
  if (!isDay(date)) {
    throw new CliError(`"${date}" is not a day`, {
      hints: ["Write YYYY-MM-DD, like 2025-10-10; `aftershock days` lists the catalogue."],
    });
  }
  throw new CliError(`${date} is not in the catalogue`, {
    hints: [`Near it are ${nearDates(days, date).join(", ")}; \`aftershock days\` lists all.`],
  });
}

/** `aftershock days [DATE]` */
export async function daysCommand(
  lake: Lake,
  date: string | undefined,
  { json }: { readonly json: boolean },
): Promise<void> {
  const days = await loadCrashDays(catalogueFolder());
  if (date === undefined) {
    (json ? listJson : listDays)(lake, days, await lake.list());
    return;
  }
  const day = dayOf(days, date);
  const recorded = recordedOn(await lake.list(), date);
  if (!json) {
    printLine(crashDayPage(day, recorded));
    return;
  }
  const inLake = recorded.map(({ instrument, stream, rows, firstTime, lastTime }) => ({
    instrument: instrument.id,
    stream,
    rows,
    firstTime,
    lastTime,
  }));
  printJson({ ...day, btcFall: btcFall(day), inLake, fetch: fetchCommands(day) });
}
