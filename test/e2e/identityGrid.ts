import {
  Counterfactual,
  type CounterfactualResult,
  EVERY_PRINT,
  type ForcedPrint,
  KERNEL_NAMES,
  type KernelFits,
  lastingResponse,
  noResponse,
  pinnedPositions,
  type PopulationSource,
  printedFlow,
  RecordColumns,
  RecordedDay,
  type RecordedDayOptions,
  type RecordedStep,
  type ResponseModel,
  responseModels,
  type RuleSet,
  snapshotPositions,
} from "@aftershock/cascade";
import { replay } from "@aftershock/replay";
import {
  type EventStream,
  type Instrument,
  type Micros,
  micros,
  stepsToNumber,
} from "@aftershock/schema";
import { CounterRandom } from "@aftershock/simulator";
import { noChange } from "@aftershock/strategy";
import { RULES } from "../../packages/cascade/test/counterfactual/world.ts";

/** A change of the best prices, ticks. */
export interface Touch {
  readonly bid: number;
  readonly ask: number;
  readonly touchedAt: Micros;
}

/** A record in memory. */
export interface Recording {
  readonly instrument: Instrument;
  readonly stepMicros: number;
  /** Steps and changes of the best prices, as they follow each other. */
  readonly events: readonly (RecordedStep | Touch)[];
  readonly steps: readonly RecordedStep[];
  readonly columns: RecordColumns;
  readonly prints: readonly ForcedPrint[];
}

/**
 * The contract that accounts hold: of what was captured, the price path. Spot pairs and options are taken as perpetuals, and what the capture says nothing of is linear, in its quote currency or dollars.
 */
function heldAs(instrument: Instrument): Instrument {
  const { contract, settle, quote } = instrument;
  return {
    ...instrument,
    kind: "perpetual",
    contract: contract === "inverse" ? "inverse" : "linear",
    settle: settle || quote || "USD",
  };
}

/** Takes a record as a study does, where the mid stands in for a mark and the mark for an index that were not recorded. */
export async function recordingOf(
  streams: readonly EventStream[],
  { stepMicros, clock = "recv" }: { stepMicros: number; clock?: "event" | "recv" },
): Promise<Recording> {
  const events: (RecordedStep | Touch)[] = [];
  const steps: RecordedStep[] = [];
  const prints: ForcedPrint[] = [];
  const columns = new RecordColumns();
  const options: RecordedDayOptions = {
    instrument: streams[0]?.instrument.id ?? "",
    stepMicros,
    standIns: { mark: "mid", index: "mark" },
    onStep: (step, flow) => {
      events.push(step);
      steps.push(step);
      columns.take(step, flow);
    },
    onTouch: (bid, ask, touchedAt) => events.push({ bid, ask, touchedAt }),
    onPrint: (print) => prints.push(print),
  };
  const day = new RecordedDay(streams, options);
  await replay(streams, { clock, handlers: day.handlers });
  return {
    instrument: heldAs(day.summary.instrument),
    stepMicros,
    events,
    steps,
    columns,
    prints,
  };
}

/** Lowest and highest recorded mark. */
export function markRange({ steps }: Pick<Recording, "steps">): readonly [number, number] {
  return steps.reduce<readonly [number, number]>(
    ([low, high], { mark }) => [Math.min(low, mark), Math.max(high, mark)],
    [Infinity, -Infinity],
  );
}

/** So that a ledger can hold the sum where the lot, inferred from the recording, is very fine. */
const MOST_LOTS = 1e12;

/** Lots of some ten thousand of the quote currency, at least one. */
function lotsAt({ instrument }: Recording, mark: number): number {
  const size = stepsToNumber(1, instrument.lot) * instrument.multiplier;
  const lots = 10_000 / (instrument.contract === "inverse" ? size : size * mark);
  return Math.min(MOST_LOTS, Math.max(1, Math.round(lots)));
}

/** Maintenance margin of `RULES`, a share of the notional. */
const MAINTENANCE = 0.01;
const LEVELS = 10;

/**
 * A snapshot at the first mark of accounts that are liquidated at marks spread evenly over those that the record saw, longs below the first and shorts above it, and of one of each that is liquidated beyond: an account is worth its maintenance margin at its mark.
 */
export function placedAccounts(recording: Recording): PopulationSource {
  const { instrument, steps } = recording;
  const first = steps[0]?.mark ?? Number.NaN;
  const [low, high] = markRange(recording);
  const within = Array.from(
    { length: LEVELS },
    (_, i) => low + ((high - low) * (i + 0.5)) / LEVELS,
  );
  const lots = lotsAt(recording, first);
  const size = lots * stepsToNumber(1, instrument.lot) * instrument.multiplier;
  const rows = [0.9 * low, ...within, 1.1 * high].map((trigger, i) => {
    const side = trigger < first ? 1 : -1;
    const isInverse = instrument.contract === "inverse";
    const lost = isInverse ? size * (1 / trigger - 1 / first) : size * (first - trigger);
    const margin = MAINTENANCE * (isInverse ? size / trigger : size * trigger);
    return {
      account: `account ${i}`,
      instrument: 0,
      lots: side * lots,
      entryPrice: first,
      markPrice: first,
      accountValue: side * lost + margin,
      leverage: undefined,
    };
  });
  return snapshotPositions({ instrument, rows, mark: first }).population(0);
}

/** A print of a market order at a step. */
function printAt(recording: Recording, place: number, side: 1 | -1): ForcedPrint {
  const { at, mark } = recording.steps[place] ?? { at: micros(0), mark: Number.NaN };
  const lots = lotsAt(recording, mark);
  return { at, side, lots, notional: 10_000, method: "market", account: undefined };
}

/** The prints of a record; where there are none, one at its lowest mark, one at its highest and one in its middle. */
function printsOf(recording: Recording): readonly ForcedPrint[] {
  const { steps, prints } = recording;
  if (prints.length > 0) return prints;
  const marks = steps.map(({ mark }) => mark);
  const [low, high] = markRange(recording);
  const [first, middle] = [marks[0] ?? 0, marks.length >> 1];
  return [
    printAt(recording, marks.indexOf(low), -1),
    printAt(recording, marks.indexOf(high), 1),
    printAt(recording, middle, (marks[middle] ?? 0) <= first ? -1 : 1),
  ].toSorted((a, b) => a.at - b.at);
}

const random = new CounterRandom(1, "identity");

/** Positions pinned from a record's prints. */
export const pinned = (recording: Recording, rules: RuleSet): PopulationSource =>
  pinnedPositions({
    instrument: recording.instrument,
    rules,
    columns: recording.columns,
    flow: printedFlow(printsOf(recording), EVERY_PRINT),
    uniform: (draw, slot) => random.at(draw, slot).uniform(0),
  }).population(0);

const FREE: RuleSet = {
  ...RULES,
  fees: { tiers: [{ name: "base", makerRate: 0, takerRate: 0 }] },
  liquidationFee: { rate: 0, isMaximum: false, paidTo: "venue" },
};

/** Rules that read the recorded mark as it is, over time, and through an average of the basis and an oracle. */
export const MARK_RULES: Readonly<Record<string, RuleSet>> = {
  "the mark as recorded": FREE,
  "a TWAP of the mark": { ...FREE, markTwapSeconds: 2 },
  "an average of the basis": {
    ...FREE,
    mark: { kind: "emaBasis", emaSeconds: 30, bandRate: 0.005 },
  },
  "an oracle": { ...FREE, mark: { kind: "oracle" } },
};

const FITS: KernelFits = {
  exponential: {
    kind: "exponential",
    slope: 1e-8,
    tauSeconds: 90,
    permanentShare: 0.05,
    relativeError: 0,
  },
  powerLaw: {
    kind: "powerLaw",
    slope: 1e-8,
    scaleSeconds: 5,
    decayPower: 0.5,
    cutoffSeconds: 300,
    relativeError: 0,
  },
  mixture: {
    kind: "mixture",
    slope: 1e-8,
    parts: [
      { share: 0.6, tauSeconds: 3 },
      { share: 0.4, tauSeconds: 200 },
    ],
    relativeError: 0,
  },
};

/** Every kernel that ships, with made-up parameters, and both bounds. */
export const RESPONSES: readonly ResponseModel[] = [
  ...KERNEL_NAMES.flatMap((name) =>
    responseModels(name, {
      referenceDepth: 1e6,
      depthPower: 0.5,
      sizePower: 0.7,
      unit: 1e5,
      price: [FITS],
      index: [FITS],
    }),
  ),
  noResponse(),
  lastingResponse(1e-8),
];

/** Runs "nothing changed" on a record. */
export function runUnchanged(
  { instrument, events, stepMicros }: Omit<Recording, "steps" | "columns" | "prints">,
  run: {
    readonly rules: RuleSet;
    readonly population: PopulationSource;
    readonly response: ResponseModel;
  },
): CounterfactualResult {
  const { rules, population, response } = run;
  const counterfactual = new Counterfactual({
    recorded: rules,
    scenarios: [{ name: "no change", rules: noChange().apply(rules) }],
    draws: [{ population, response }],
    mark: { of: instrument.id, sampleSeconds: 1 },
    stepMicros,
    tick: stepsToNumber(1, instrument.tick),
  });
  for (const event of events) {
    if ("touchedAt" in event) counterfactual.touch(event.bid, event.ask, event.touchedAt);
    else counterfactual.step(event);
  }
  return counterfactual.finish();
}

/** Whether a result is the record itself, bit for bit, in path, hash and what the engine did. */
export function isRecord({ record, scenarios }: CounterfactualResult): boolean {
  const [same] = scenarios;
  const [run] = same?.runs ?? [];
  return (
    same?.pathHash === record.recordHash &&
    run !== undefined &&
    Object.is(run.largestDelta, 0) &&
    Object.is(run.lastDelta, 0) &&
    JSON.stringify(run.path) === JSON.stringify(record.path) &&
    JSON.stringify(run.figures) === JSON.stringify(record.engines[0])
  );
}

/** The record with one bid a tick lower, at a place 0 … 1 among its changes of best prices. */
export function oneTickOff(recording: Recording, place: number): Recording {
  const touches = recording.events.flatMap((event, i) => ("touchedAt" in event ? [i] : []));
  const at = touches[Math.floor(place * (touches.length - 1))];
  return {
    ...recording,
    events: recording.events.map((event, i) =>
      i === at ? { ...event, bid: event.bid - 1 } : event,
    ),
  };
}

/** What a record gave under every mark rule, position source and kernel. */
export interface GridResult {
  readonly runs: number;
  /** Those that are not the record. */
  readonly wrong: readonly string[];
  readonly hashes: ReadonlySet<string>;
  /** Accounts that the engine liquidated on the record, by position source, under the mark as recorded. */
  readonly liquidated: { readonly snapshot: number; readonly pinned: number };
  /** Under rules that read the mark otherwise, over both sources. */
  readonly liquidatedOtherwise: number;
}

/** Runs "nothing changed" under everything. */
export function identityGrid(recording: Recording): GridResult {
  const snapshot = placedAccounts(recording);
  const wrong: string[] = [];
  const hashes = new Set<string>();
  const liquidated = { snapshot: 0, pinned: 0 };
  let [runs, liquidatedOtherwise] = [0, 0];
  for (const [mark, rules] of Object.entries(MARK_RULES)) {
    const sources = { snapshot, pinned: pinned(recording, rules) };
    for (const source of ["snapshot", "pinned"] as const) {
      for (const response of RESPONSES) {
        const result = runUnchanged(recording, { rules, population: sources[source], response });
        runs += 1;
        hashes.add(result.record.recordHash);
        if (!isRecord(result)) wrong.push(`${mark}, ${source}, ${response.name}`);
        const count = result.record.engines[0]?.liquidated ?? 0;
        if (rules === FREE) liquidated[source] = count;
        else liquidatedOtherwise += count;
      }
    }
  }
  return { runs, wrong, hashes, liquidated, liquidatedOtherwise };
}
