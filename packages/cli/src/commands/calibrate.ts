import { createHash } from "node:crypto";
import { dirname } from "node:path";
import {
  calibrateResponses,
  CALIBRATION_BIN_SECONDS,
  type CalibratedDays,
  type CalibrationDay,
  FlowRecorder,
  type KernelFits,
  RECORD_STEP_MICROS,
} from "@aftershock/cascade";
import {
  type DuckConnections,
  duckOnDemand,
  type Lake,
  type Manifest,
} from "@aftershock/ingest/lake";
import {
  CliError,
  DataError,
  micros,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  parseUtcDay,
} from "@aftershock/schema";
import { CounterRandom } from "@aftershock/simulator";
import { type CalibratedDay, type StoredFits, writeCalibration } from "../calibrationFile.ts";
import { userPath } from "../lakeArgument.ts";
import { makeOutFolder } from "../makeOutFolder.ts";
import { grouped, printJson, printLine, printTable } from "../output.ts";
import { kappaFor } from "../printKappa.ts";
import { ProgressLine, say } from "../progressLine.ts";
import { openScenarioRecord, replayRecord } from "../scenarioRecord.ts";
import { version } from "../version.ts";

/** Options of `aftershock calibrate`. */
export interface CalibrateOptions {
  readonly out: string;
  readonly draws: number;
  /** Whether fits without each day are kept too, so that a day that was calibrated on can be run. */
  readonly leaveOneOut: boolean;
  readonly kappa: readonly [low: number, high: number] | undefined;
  readonly json: boolean;
}

/** A day as the user names it: `venue:SYMBOL/YYYY-MM-DD`. */
interface NamedDay {
  readonly instrument: string;
  readonly date: string;
}

/** Reads a day. Throws CliError for what is none. */
function namedDay(text: string): NamedDay {
  const [instrument = "", date = "", ...rest] = text.split("/");
  if (rest.length === 0 && /^[^:]+:.+$/.test(instrument) && parseUtcDay(date) !== undefined) {
    return { instrument, date };
  }
  throw new CliError(`"${text}" is no day of an instrument`, {
    hints: ["Write venue:SYMBOL/YYYY-MM-DD, as binance-usdm:BTCUSDT/2025-10-10."],
  });
}

/** One hash of all rows of some partitions, whatever their order. */
export function dataHashOf(partitions: readonly Manifest[]): string {
  const hash = createHash("sha256");
  const lines = partitions.map(
    ({ stream, instrument, date, rowsSha256 }) =>
      `${stream} ${instrument.id} ${date} ${rowsSha256}`,
  );
  for (const line of lines.toSorted()) hash.update(`${line}\n`);
  return hash.digest("hex");
}

/** A day that was read. */
interface ReadDay extends CalibrationDay {
  readonly simulated: boolean;
  readonly told: CalibratedDay;
}

async function readDay(
  duck: DuckConnections,
  lake: Lake,
  { instrument, date }: NamedDay,
  stated: CalibrateOptions["kappa"],
): Promise<ReadDay> {
  const from = parseUtcDay(date) ?? micros(0);
  const window = { from, to: micros(from + MICROS_PER_DAY) };
  const record = await openScenarioRecord(duck, lake, instrument, window);
  if (!record.partitions.some(({ stream }) => stream === "liquidations")) {
    throw new DataError(`the lake holds no liquidations of ${instrument} on ${date}`, {
      hints: ["Calibrate on days with prints of forced orders."],
    });
  }
  const kappa = (await kappaFor(record, stated)).mid;
  const flow = new FlowRecorder(CALIBRATION_BIN_SECONDS, kappa);
  const name = `${instrument}/${date}`;
  const progress = new ProgressLine(`read ${name}`);
  await replayRecord(record, {
    onStep: (step, traded) => flow.take(step, traded),
    onProgress: ({ events, at }) => progress.events(events, at),
  });
  progress.done();
  return {
    name,
    flow,
    simulated: record.simulated,
    told: {
      instrument,
      date,
      dataHash: dataHashOf(record.partitions),
      forcedNotional: flow.forcedNotional,
      kappa,
    },
  };
}

/** Refuses days of which some are simulated and some are not: they say nothing of each other. */
function checkAlike(days: readonly ReadDay[]): void {
  const [first] = days;
  const other = days.find(({ simulated }) => simulated !== first?.simulated);
  if (first === undefined || other === undefined) return;
  const [one, two] = first.simulated ? [first, other] : [other, first];
  throw new DataError(`${one.name} is simulated, and ${two.name} is not`, {
    hints: ["Calibrate on recorded days, or on simulated ones."],
  });
}

function checkTwice(days: readonly NamedDay[]): void {
  const names = days.map(({ instrument, date }) => `${instrument}/${date}`);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new CliError(`${twice} is named twice`, { hints: ["Name it once."] });
}

/** A fit as JSON has it: what is not there is left out. */
const bareFits = ({ exponential, powerLaw, mixture }: KernelFits): KernelFits => ({
  exponential,
  powerLaw,
  mixture,
});

const storedFits = ({ referenceDepth, price, index }: CalibratedDays): StoredFits => ({
  referenceDepth,
  price: price.map(bareFits),
  index: index.map(bareFits),
});

const STEP_SECONDS = RECORD_STEP_MICROS / MICROS_PER_SECOND;

function calibrate(days: readonly ReadDay[], draws: number, unit?: number): CalibratedDays {
  const random = new CounterRandom(days.length, "bootstrap");
  return calibrateResponses(days, {
    draws,
    uniform: (draw, slot) => random.at(slot, draw).uniform(0),
    stepSeconds: STEP_SECONDS,
    ...(unit === undefined ? {} : { unit }),
  });
}

/** What a reader wants to know of a calibration. */
function summaryRows(found: CalibratedDays): readonly (readonly [string, string])[] {
  const bps = (slope: number | undefined): string =>
    slope === undefined ? "none" : (slope * 1e4 * 1e6).toFixed(3);
  const of = (
    fits: KernelFits | undefined,
    what: string,
  ): readonly (readonly [string, string])[] => [
    [`${what}: exponential, bp a million`, bps(fits?.exponential?.slope)],
    [`${what}: its decay, s`, fits?.exponential?.tauSeconds.toFixed(0) ?? "none"],
    [`${what}: power law, bp a million`, bps(fits?.powerLaw?.slope)],
    [`${what}: mixture, bp a million`, bps(fits?.mixture?.slope)],
  ];
  return [
    ["reference depth", grouped(Math.round(found.referenceDepth))],
    ...of(found.price[0], "price"),
    ...of(found.index[0], "index"),
    ...of(found.priceCalibration.bare.point, "price, bare impact (not used)").slice(0, 2),
  ];
}

/** `aftershock calibrate DAY… --out FILE.json` */
export async function calibrateCommand(
  lake: Lake,
  texts: readonly string[],
  options: CalibrateOptions,
): Promise<void> {
  const named = texts.map(namedDay);
  checkTwice(named);
  const out = userPath(options.out);
  await makeOutFolder(dirname(out));
  const duck = duckOnDemand();
  try {
    const days: ReadDay[] = [];
    for (const day of named) days.push(await readDay(duck, lake, day, options.kappa));
    checkAlike(days);
    say(`Calibrating on ${days.length} days…`);
    const found = calibrate(days, options.draws);
    const without =
      options.leaveOneOut && days.length > 1
        ? days.map((day) =>
            storedFits(
              calibrate(
                days.filter((other) => other !== day),
                options.draws,
                found.unit,
              ),
            ),
          )
        : [];
    const calibration = {
      program: version,
      simulated: days[0]?.simulated ?? false,
      days: days.map(({ told }) => told),
      depthPower: found.depthPower,
      sizePower: found.sizePower,
      unit: found.unit,
      stepSeconds: STEP_SECONDS,
      binSeconds: CALIBRATION_BIN_SECONDS,
      horizonSeconds: found.priceCalibration.options.horizonSeconds,
      total: storedFits(found),
      bare: {
        price: bareFits(found.priceCalibration.bare.point),
        index: bareFits(found.indexCalibration.bare.point),
      },
      unstable: found.priceCalibration.total.unstable + found.indexCalibration.total.unstable,
      without,
    };
    await writeCalibration(out, calibration);
    if (options.json) {
      const { without: left, total, ...told } = calibration;
      printJson({
        calibration: out,
        ...told,
        point: { price: total.price[0], index: total.index[0] },
        leaveOneOut: left.length,
      });
      return;
    }
    if (calibration.simulated)
      printLine("SIMULATED: these days come from a simulator, not from a market.\n");
    printTable(
      ["what", "figure"],
      summaryRows(found).map((row) => [...row]),
    );
    if (calibration.unstable > 0)
      printLine(`\n${calibration.unstable} bootstrap draws do not die down and are left out.`);
    printLine(`\ncalibration: ${out}`);
  } finally {
    await duck.close();
  }
}
