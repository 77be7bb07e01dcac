import { CliError, DataError, isoMicros } from "@aftershock/schema";
import {
  createViews,
  type Lake,
  type Manifest,
  openDuck,
  priceOutliers,
  type PriceOutliers,
} from "@aftershock/ingest";
import { partitionsOf } from "../lakeSelection.ts";
import { grouped, printJson, printLine, printTable } from "../output.ts";
import { qualityFigures } from "../qualityFigures.ts";

/** How far a price may be from those of the other streams in its minute, a fraction. */
const TOLERANCE = 0.05;

/** The partitions of an instrument on a day. Throws DataError when there is none, naming the days that there are. */
async function dayOf(lake: Lake, id: string, date: string): Promise<readonly Manifest[]> {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) {
    throw new CliError(`"${date}" is not a day`, { hints: ["Write it as 2025-10-10."] });
  }
  const all = await partitionsOf(lake, id);
  const found = all.filter((day) => day.date === date);
  if (found.length > 0) return found;
  const days = [...new Set(all.map((day) => day.date))].toSorted();
  const shown = days.length > 6 ? [...days.slice(0, 3), "…", ...days.slice(-2)] : days;
  throw new DataError(`the lake holds nothing of ${id} on ${date}`, {
    hints: [`It holds ${shown.join(", ")}.`],
  });
}

async function outliersOf(lake: Lake, id: string, date: string): Promise<readonly PriceOutliers[]> {
  const duck = await openDuck();
  try {
    await createViews(duck, lake);
    return await priceOutliers(duck, id, date, TOLERANCE);
  } finally {
    duck.close();
  }
}

function printPartition(day: Manifest): void {
  const { stream, rows, firstTime, lastTime, sources, simulated, quality, loader } = day;
  const label = simulated === null ? "" : " SIMULATED";
  printLine(
    `${stream}${label}: ${grouped(rows)} rows, ${isoMicros(firstTime)} … ${isoMicros(lastTime)}, by ${loader.name} ${loader.version}`,
  );
  for (const { name, rows: own, dataset, sha256 } of sources) {
    const set = dataset === "" ? "" : ` (${dataset})`;
    printLine(`  from ${name}${set}: ${grouped(own)} rows, sha256 ${sha256.slice(0, 12)}`);
  }
  printTable(
    ["", "figure", "value", "meaning"],
    qualityFigures(quality).map(({ name, value, meaning, suspicious }) => [
      suspicious ? "!" : "",
      name,
      value,
      meaning,
    ]),
  );
  printLine("");
}

function printOutliers(outliers: readonly PriceOutliers[]): void {
  if (outliers.length === 0) {
    printLine("No two streams have prices in the same minute: nothing to compare them with.");
    return;
  }
  printLine(
    `Prices more than ${TOLERANCE * 100} % from the median of the other streams in their minute:`,
  );
  printTable(
    ["stream", "compared", "outliers", "worst", "at"],
    outliers.map(({ stream, compared, outliers: many, worst, worstAt }) => [
      stream,
      grouped(compared),
      grouped(many),
      `${(worst * 100).toFixed(2)}%`,
      worstAt === null ? "" : isoMicros(worstAt),
    ]),
  );
}

/** `aftershock inspect ID DATE` */
export async function inspectCommand(
  lake: Lake,
  id: string,
  date: string,
  options: { readonly json: boolean },
): Promise<void> {
  const partitions = await dayOf(lake, id, date);
  const outliers = await outliersOf(lake, id, date);
  if (options.json) {
    printJson({
      instrument: id,
      date,
      partitions,
      priceOutliers: { tolerance: TOLERANCE, streams: outliers },
    });
    return;
  }
  printLine(`${id} on ${date}\n`);
  for (const day of partitions) printPartition(day);
  printOutliers(outliers);
}
