import type { LiquidationEvent, RuleSet } from "@aftershock/cascade";
import {
  type Batch,
  ConfigError,
  type EventStream,
  type Instrument,
  type Micros,
  type StreamName,
} from "@aftershock/schema";
import { STEPS_PER_MINUTE, STEPS_PER_SECOND, STEP_MICROS } from "./clock.ts";
import { type MarketChange, marketWith } from "./config/marketConfig.ts";
import { type Preset, type PresetName, PRESETS } from "./config/presets.ts";
import { recordingStart } from "./config/recordingDay.ts";
import { Market } from "./market/market.ts";
import type { AgentMaker } from "./market/marketParts.ts";
import { DayRecorder, type RecordedStream } from "./recording/dayRecorder.ts";
import type { MarketTruth } from "./truth/marketTruth.ts";
import {
  type ObservedStep,
  type StartingAccount,
  startingAccounts,
  StepWatch,
} from "./truth/observedStep.ts";
import { TruthKeeper } from "./truth/truthKeeper.ts";

/** The seed of the embedded demo. */
export const DEMO_SEED = 1;

/** Raised whenever the same options give other rows. */
export const SIMULATOR_VERSION = 3;

/** A recording is not longer than this: a week. */
const MOST_MINUTES = 7 * 24 * 60;

/** What to simulate. */
export interface SimulateOptions {
  /** A whole number from 0. The same options give the same bytes. */
  readonly seed: number;
  /** Default `crash-hour`. */
  readonly preset?: PresetName;
  /** Start of the recording; default a day of the preset's own for the seed (`recordingStart`). */
  readonly from?: Micros;
  /** Length, whole minutes, 1 … 10,080; default the preset's. */
  readonly minutes?: number;
  /** False: the same market, accounts, news and crowds without liquidations. Default true. */
  readonly liquidations?: boolean;
  /** Changes to the preset's market. */
  readonly market?: MarketChange;
  /** Changes to the preset's rules: everything that is drawn stays as it is. */
  readonly rules?: Partial<RuleSet>;
  /** Minute at which the recorder loses its book channel for 1.5 s and gets a new snapshot; default two thirds of the way. */
  readonly reconnectMinute?: number;
  /** Whether the venue prints at most one forced order a second. Default false. */
  readonly throttlePrints?: boolean;
  /** Agents of one's own, who act after all others. */
  readonly agents?: readonly AgentMaker[];
  /** The seed of the crowds' luck and the makers' opinions, for fresh noise about the same value, news and accounts. Default: `seed`. */
  readonly noiseSeed?: number;
  /** Whether next to nothing is traded 20 s before the first news: for the noise floor of an answer. Default false. */
  readonly nudge?: boolean;
}

/** A day that can be run: its recording and what is true of it. Nothing is held of it: whatever is read of it runs the market. */
export interface SimulatedDay {
  /**
   * book and trades of the perpetual and of spot; liquidations, tickers and positions (of all leveraged accounts) of the perpetual; options
   * where the coin has them. Each can be read any number of times, and each reading runs the market.
   */
  readonly streams: readonly EventStream[];
  /** One run of the market with all streams recorded: batches as they fill, each stream in its own order. */
  batches(): Generator<Batch, MarketTruth>;
  /** What happened: of the first run that came to its end, else of one without a recording. */
  readonly truth: MarketTruth;
  readonly instruments: readonly Instrument[];
}

interface Plan {
  readonly options: SimulateOptions;
  readonly name: PresetName;
  readonly preset: Preset;
  readonly from: Micros;
  readonly steps: number;
  readonly reconnectStep: number;
}

/** The preset of a name. Throws ConfigError for one that there is not. */
export function presetOf(name: string): { readonly name: PresetName; readonly preset: Preset } {
  for (const [known, preset] of Object.entries(PRESETS)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a key of the table.
    if (known === name) return { name: known as PresetName, preset };
  }
  throw new ConfigError(`There is no preset "${name}"`, {
    hints: [`Take one of ${Object.keys(PRESETS).join(", ")}.`],
  });
}

function plan(options: SimulateOptions): Plan {
  const { name, preset } = presetOf(options.preset ?? "crash-hour");
  const { from = recordingStart(preset, options.seed), minutes = preset.minutes } = options;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MOST_MINUTES) {
    throw new ConfigError(`A simulation of ${minutes} minutes is not possible`, {
      hints: [`Give a whole number of minutes from 1 to ${MOST_MINUTES}.`],
    });
  }
  const { reconnectMinute = (minutes * 2) / 3 } = options;
  return {
    options,
    name,
    preset,
    from,
    steps: minutes * STEPS_PER_MINUTE,
    reconnectStep: Math.round(reconnectMinute * STEPS_PER_MINUTE),
  };
}

/** A market at the start of the recording, its warm-up behind it. */
function openMarket({ options, preset, from }: Plan, watchLevels: boolean): Market {
  const { seed, liquidations, agents = [], noiseSeed = seed, nudge = false } = options;
  const config = marketWith(options.market ?? {}, preset.market);
  const warmUpSteps = Math.round(config.warmUpSeconds * STEPS_PER_SECOND);
  const market = new Market({
    seed,
    noiseSeed,
    config,
    rules: {
      ...preset.rules,
      ...options.rules,
      ...(liquidations === undefined ? {} : { liquidates: liquidations }),
    },
    populationRules: preset.rules,
    traded: preset.traded,
    from: from - warmUpSteps * STEP_MICROS,
    watchLevels,
    agents,
    isNudged: nudge,
  });
  for (let step = 0; step < warmUpSteps; step += 1) market.advance();
  return market;
}

const tell = (keeper: TruthKeeper, { name, options }: Plan): MarketTruth =>
  keeper.tell({ preset: name, seed: options.seed });

/** Runs the market with a recorder: gives away batches as they fill. Returns the truth. */
function* record(planned: Plan, only?: RecordedStream): Generator<Batch, MarketTruth> {
  const { options, from, steps, reconnectStep } = planned;
  const { seed, throttlePrints = false } = options;
  const market = openMarket(planned, true);
  const keeper = new TruthKeeper(market, from);
  const filled: Batch[] = [];
  const emit = (batch: Batch): void => void filled.push(batch);
  const recorder = new DayRecorder({
    market,
    seed,
    from,
    reconnectStep,
    throttlePrints,
    emit,
    ...(only === undefined ? {} : { only }),
  });
  for (let step = 0; step < steps; step += 1) {
    recorder.advance(step);
    keeper.observe();
    if (filled.length > 0) yield* filled.splice(0);
  }
  recorder.finish();
  yield* filled.splice(0);
  return tell(keeper, planned);
}

/** The streams of a preset's recording. */
function recordedStreams({ traded }: Preset): readonly (readonly [StreamName, Instrument])[] {
  const { perpetual, spot, options } = traded;
  return [
    ["book", perpetual],
    ["trades", perpetual],
    ["liquidations", perpetual],
    ["tickers", perpetual],
    ["positions", perpetual],
    ["book", spot],
    ["trades", spot],
    ...(options === undefined ? [] : ([["options", options]] as const)),
  ];
}

/** A stream of a planned day: each reading runs the market. */
function streamOf(planned: Plan, stream: StreamName, instrument: Instrument): EventStream {
  return {
    stream,
    instrument,
    simulated: true,
    async *batches(): AsyncGenerator<Batch> {
      yield* record(planned, { stream, instrument: instrument.id });
    },
  };
}

/**
 * Plans a simulated day on the venues `sim` and `sim-spot`, recorded as a venue's feed would be recorded, in exact ticks and lots, with both clocks. Memory does not grow
 * with its length, but for the truth (a row a minute, an account, a forced order).
 * Deterministic: equal options give equal bytes (on engines whose Math.exp, log and cos agree, such as any one version of
 * V8). Throws ConfigError on a preset, seed or length that cannot be; reading it throws ConfigError on a market that comes apart.
 */
export function simulate(options: SimulateOptions): SimulatedDay {
  const planned = plan(options);
  let truth: MarketTruth | undefined;
  const { perpetual, spot, options: chain } = planned.preset.traded;
  return {
    streams: recordedStreams(planned.preset).map(([stream, instrument]) =>
      streamOf(planned, stream, instrument),
    ),
    *batches(): Generator<Batch, MarketTruth> {
      const told = yield* record(planned);
      truth ??= told;
      return told;
    },
    get truth(): MarketTruth {
      return (truth ??= simulateTruth(options));
    },
    instruments: chain === undefined ? [perpetual, spot] : [perpetual, chain, spot],
  };
}

/** Who watches a run while it goes on. */
export interface RunObserver {
  /** Called once, when the warm-up is over: all accounts that can be liquidated or deleveraged, with what they hold. */
  readonly start?: (accounts: readonly StartingAccount[]) => void;
  /** Called after each step. The object is the same each time. */
  readonly step?: (state: ObservedStep) => void;
  /** Called with all that the liquidation engine does, after the step in which it did it, before `step`. */
  readonly liquidation?: (event: LiquidationEvent) => void;
}

/**
 * The truth of a run without its recording, which is faster by a good deal: run it with `liquidations: false`, or other rules, beside a recorded day
 * to know what these did.
 */
export function simulateTruth(options: SimulateOptions, observer: RunObserver = {}): MarketTruth {
  const planned = plan(options);
  const market = openMarket(planned, false);
  const keeper = new TruthKeeper(market, planned.from);
  observer.start?.(startingAccounts(market));
  const watch = observer.step === undefined ? undefined : new StepWatch(market, planned.from);
  for (let step = 0; step < planned.steps; step += 1) {
    market.advance();
    keeper.observe();
    if (observer.liquidation !== undefined) {
      for (const event of market.liquidations.events) observer.liquidation(event);
    }
    if (watch !== undefined) observer.step?.(watch.take(step));
  }
  return tell(keeper, planned);
}
