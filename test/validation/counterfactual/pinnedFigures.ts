import {
  EVERY_PRINT,
  estimateForcedFlow,
  type ForcedFlow,
  type ForcedPrint,
  type KappaBand,
  pinnedPositions,
  type PopulationSource,
  printedFlow,
  PrintGap,
  type PrintGapResult,
  type RuleSet,
} from "@aftershock/cascade";
import { decimalToNumber, MICROS_PER_SECOND } from "@aftershock/schema";
import { CounterRandom, presetOf, type PresetName } from "@aftershock/simulator";
import { plantedDay, snapshotPopulation } from "./plantedDay.ts";
import { recordedStreams, simulatedRecord, type SimulatedRecord } from "./simulatedRecord.ts";

/** Changes of rules that are tried on the recorded path. */
const CHANGES: readonly (readonly [string, Partial<RuleSet>])[] = [
  ["margin −30 %", { maintenanceFactor: 0.7 }],
  ["mark of 30 s", { markTwapSeconds: 30 }],
  ["half the pace", { throttlePerSecond: 200_000 }],
];

const DAYS: readonly (readonly [PresetName, readonly number[]])[] = [
  ["crash-hour", [3, 4, 5, 6]],
  ["short-squeeze", [2, 3]],
  ["depeg", [1, 2]],
];

const random = new CounterRandom(1, "pins");

/** Notional of prints, quote currency. */
export const notionalOf = (prints: readonly ForcedPrint[]): number =>
  prints.reduce((sum, { notional }) => sum + notional, 0);

/** Of each second the last order alone, with all that it filled, as throttled feeds print it. */
export function onePrintASecond(prints: readonly ForcedPrint[]): readonly ForcedPrint[] {
  const seconds = Map.groupBy(prints, ({ at }) => Math.floor(at / MICROS_PER_SECOND));
  return [...seconds.values()].flatMap((of) => {
    const last = of.at(-1);
    if (last === undefined) return [];
    // Fills of one order share an instant.
    const order = of.filter(({ at }) => at === last.at);
    const lots = order.reduce((sum, one) => sum + one.lots, 0);
    return [{ ...last, lots, notional: notionalOf(order) }];
  });
}

/** Correlation of two flows by windows of so many seconds. */
export function flowCorrelation(
  a: readonly ForcedPrint[],
  b: readonly ForcedPrint[],
  { summary }: Pick<SimulatedRecord, "summary">,
  seconds: number,
): number {
  const from: number = summary.from ?? 0;
  const to: number = summary.to ?? 0;
  const width = seconds * MICROS_PER_SECOND;
  const centred = (prints: readonly ForcedPrint[]): Float64Array => {
    const windows = new Float64Array(Math.ceil((to - from) / width) + 1);
    for (const { at, side, notional } of prints) {
      const place = Math.floor((at - from) / width);
      windows[place] = (windows[place] ?? 0) + side * notional;
    }
    const mean = windows.reduce((sum, one) => sum + one, 0) / windows.length;
    return windows.map((one) => one - mean);
  };
  const [x, y] = [centred(a), centred(b)];
  const dot = (p: Float64Array, q: Float64Array): number =>
    p.reduce((sum, one, i) => sum + one * (q[i] ?? 0), 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

/** Runs rules on the path of a record, and compares what the engine sells with a flow. */
export function runOnRecord(
  { steps, summary: { instrument } }: Pick<SimulatedRecord, "steps" | "summary">,
  options: { rules: RuleSet; population: PopulationSource; flow: ForcedFlow },
): PrintGapResult {
  const [first] = steps;
  const mid = first === undefined ? 1 : (first.bid + first.ask) / 2;
  const startPrice = mid * decimalToNumber(instrument.tick);
  const gap = new PrintGap({ instrument, startPrice, ...options });
  for (const step of steps) gap.step(step);
  return gap.result;
}

/** Positions of a record's flow. */
export const pinRecord = (
  { columns, summary: { instrument } }: Pick<SimulatedRecord, "columns" | "summary">,
  rules: RuleSet,
  flow: ForcedFlow,
): ReturnType<typeof pinnedPositions> =>
  pinnedPositions({
    instrument,
    rules,
    columns,
    flow,
    uniform: (draw, slot) => random.at(draw, slot).uniform(0),
  });

const percent = (value: number): string => (100 * value).toFixed(1);

async function figuresOf(preset: PresetName, seed: number): Promise<string> {
  const { rules } = presetOf(preset).preset;
  const record = await simulatedRecord(recordedStreams({ preset, seed }));
  const planted = plantedDay({ preset, seed });
  const flow = printedFlow(record.prints, EVERY_PRINT);
  const sold = ({ engineSold, engineBought }: PrintGapResult): number => engineSold + engineBought;
  const pins = pinRecord(record, rules, flow);
  const gap = runOnRecord(record, { rules, population: pins.population(0), flow });
  const sampled = onePrintASecond(flow.prints);
  const k = notionalOf(flow.prints) / notionalOf(sampled);
  const kappa: KappaBand = { low: k, mid: k, high: k, everySeconds: 1, doubts: [] };
  const few = pinRecord(record, rules, printedFlow(sampled, kappa));
  const fewGap = runOnRecord(record, { rules, population: few.population(0), flow });
  const changed = CHANGES.map(([, change]) => {
    const other = { ...rules, ...change };
    const [all, pinned] = [snapshotPopulation(planted), pins.population(0)].map((population) =>
      sold(runOnRecord(record, { rules: other, population, flow })),
    );
    return percent((pinned ?? 0) / (all ?? 1) - 1);
  });
  const estimate = estimateForcedFlow({
    instrument: record.summary.instrument,
    columns: record.columns,
  });
  const cells = [
    preset,
    seed,
    (notionalOf(flow.prints) / 1e6).toFixed(1),
    percent(gap.relative),
    percent(gap.byMinute),
    ...changed,
    k.toFixed(1),
    percent(fewGap.relative),
    percent(fewGap.byMinute),
    (notionalOf(estimate.prints) / notionalOf(flow.prints)).toFixed(2),
    flowCorrelation(estimate.prints, flow.prints, record, 10).toFixed(2),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Prints the table of packages/cascade/README.md: `node --conditions=@aftershock/source test/validation/counterfactual/pinnedFigures.ts`. */
async function main(): Promise<void> {
  for (const [preset, seeds] of DAYS) {
    for (const seed of seeds) console.log(await figuresOf(preset, seed));
  }
}

if (import.meta.main) await main();
