import { existsSync } from "node:fs";
import { type Lake, truthFile } from "@aftershock/ingest";
import { isoMicros, type Micros, parseInstrumentId, utcDate } from "@aftershock/schema";
import { type Estimate, type MarketTruth, presetOf, recordingStart } from "@aftershock/simulator";
import { grouped, printJson, printLine, printTable } from "../output.ts";
import { ProgressLine, say } from "../progressLine.ts";
import { type SimulatedSettings, storeSimulatedDay } from "../simulatedDay.ts";

/** Options of `aftershock simulate`. */
export interface SimulateCommandOptions {
  readonly seed: number;
  readonly from: Micros | undefined;
  readonly minutes: number | undefined;
  readonly throttle: boolean;
  readonly liquidations: boolean;
  /** Draws by which impact is measured; 0: it is not. */
  readonly impact: number;
  readonly json: boolean;
}

const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;

/** What a reader wants to know of a simulated day first. */
function summaryOf(truth: MarketTruth): readonly (readonly [string, string])[] {
  const change = (usd: number): string => `${usd} (${percent(usd / truth.openUsd - 1)})`;
  return [
    ["open USD", String(truth.openUsd)],
    ["low USD", `${change(truth.lowUsd)} at ${isoMicros(truth.lowAt)}`],
    ["high USD", `${change(truth.highUsd)} at ${isoMicros(truth.highAt)}`],
    ["close USD", change(truth.closeUsd)],
    ["liquidated longs", grouped(truth.liquidatedLongs)],
    ["liquidated shorts", grouped(truth.liquidatedShorts)],
    ["forced selling USD", grouped(Math.round(truth.forcedSoldUsd))],
    ["forced buying USD", grouped(Math.round(truth.forcedBoughtUsd))],
    ...impactRows(truth),
  ];
}

/** What an order like the engine's does to the price at once, and at most. */
function impactRows({ impact }: MarketTruth): readonly (readonly [string, string])[] {
  if (impact === undefined) return [];
  const { referenceSizeUsd } = impact.parameters;
  const told = ({ value, standardError }: Estimate): string =>
    `${(1e4 * value).toFixed(2)} ± ${(1e4 * standardError).toFixed(2)} bps`;
  return impact.states.flatMap(({ state, sizes, peak }) => {
    const own = sizes.find(({ sizeUsd }) => sizeUsd === referenceSizeUsd);
    const [atOnce] = own?.response ?? [];
    const what = `impact of ${grouped(referenceSizeUsd)} USD, ${state}`;
    return atOnce === undefined
      ? []
      : [[what, `${told(atOnce)}; ${told(peak)} after ${peak.lagSeconds} s`] as const];
  });
}

/** The figures of a truth, without its long lists. */
function shortTruth(truth: MarketTruth): Readonly<Record<string, unknown>> {
  const { accounts, forcedOrders, minutes, config, rules, description, impact, ...figures } = truth;
  void config;
  void rules;
  void description;
  void minutes;
  return {
    ...figures,
    accounts: accounts.length,
    forcedOrders: forcedOrders.length,
    ...(impact === undefined ? {} : { impact: impact.parameters }),
  };
}

/** Warns where a truth of another day is about to be replaced: its rows are displaced too. */
function warnOfReplaced(lake: Lake, settings: SimulatedSettings): void {
  const { preset } = presetOf(settings.preset);
  const { venue, symbol } = parseInstrumentId(preset.traded.perpetual.id);
  const date = utcDate(settings.from ?? recordingStart(preset, settings.seed));
  if (!existsSync(truthFile(lake, { venue, symbol, date }))) return;
  say(`${venue}:${symbol} is simulated on ${date} already: what differs is replaced`);
}

/** `aftershock simulate PRESET --seed N` */
export async function simulateCommand(
  lake: Lake,
  preset: string,
  options: SimulateCommandOptions,
): Promise<void> {
  const { seed, from, minutes, throttle, liquidations, impact, json } = options;
  const { preset: known } = presetOf(preset);
  const settings: SimulatedSettings = {
    preset,
    seed,
    throttlePrints: throttle,
    liquidations,
    ...(from === undefined ? {} : { from }),
    ...(minutes === undefined ? {} : { minutes }),
  };
  warnOfReplaced(lake, settings);
  say(`Simulating ${known.title} (seed ${seed})…`);
  const progress = new ProgressLine(`simulate ${preset}`);
  const day = await storeSimulatedDay(lake, settings, {
    impactDraws: impact,
    onProgress: (rows, at) => progress.events(rows, at),
    onImpact: ({ done, draws }) => progress.part("impact", done, draws),
  });
  progress.done();
  const { partitions, truth, truthPath } = day;
  if (json) {
    printJson({ preset, seed, partitions, truth: truthPath, figures: shortTruth(truth) });
    return;
  }
  printLine("SIMULATED: these events come from a simulator, not from a market.\n");
  printTable(
    ["stream", "instrument", "date", "rows", "status"],
    partitions.map(({ stream, instrument, date, rows, status }) => [
      stream,
      instrument,
      date,
      grouped(rows),
      status,
    ]),
  );
  printLine("");
  printTable(
    ["what", "figure"],
    summaryOf(truth).map((row) => [...row]),
  );
  printLine(`\ntruth: ${truthPath}`);
}
