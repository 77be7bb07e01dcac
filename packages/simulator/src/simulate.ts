import type { LiquidationEvent } from "@aftershock/cascade";
import type { Batch, EventStream, Instrument, StreamName } from "@aftershock/schema";
import type { Preset } from "./config/presets.ts";
import { openMarket, type PlannedRun, plannedRun } from "./plannedRun.ts";
import { DayRecorder, type RecordedStream } from "./recording/dayRecorder.ts";
import type { SimulateOptions } from "./simulateOptions.ts";
import type { MarketTruth } from "./truth/marketTruth.ts";
import { MetaorderWatch, type ObservedMetaorder } from "./truth/metaorderWatch.ts";
import {
  type ObservedStep,
  type StartingAccount,
  startingAccounts,
  StepWatch,
} from "./truth/observedStep.ts";
import { TruthKeeper } from "./truth/truthKeeper.ts";

/** The seed of the embedded demo. */
export const DEMO_SEED = 21;

/** Raised whenever the same options give other rows. */
export const SIMULATOR_VERSION = 5;

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

const tell = (keeper: TruthKeeper, { name, options }: PlannedRun): MarketTruth =>
  keeper.tell({ preset: name, seed: options.seed });

/** Runs the market with a recorder: gives away batches as they fill. Returns the truth. */
function* record(planned: PlannedRun, only?: RecordedStream): Generator<Batch, MarketTruth> {
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
function streamOf(planned: PlannedRun, stream: StreamName, instrument: Instrument): EventStream {
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
  const planned = plannedRun(options);
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
  /** Called with each metaorder that began and ended in the recording, after the step of its last part, before `step`. */
  readonly metaorder?: (order: ObservedMetaorder) => void;
  /** Called with all that the liquidation engine does, after the step in which it did it, before `step`. */
  readonly liquidation?: (event: LiquidationEvent) => void;
}

/**
 * The truth of a run without its recording, which is faster by a good deal: run it with `liquidations: false`, or other rules, beside a recorded day
 * to know what these did.
 */
export function simulateTruth(options: SimulateOptions, observer: RunObserver = {}): MarketTruth {
  const planned = plannedRun(options);
  const market = openMarket(planned, false);
  const keeper = new TruthKeeper(market, planned.from);
  observer.start?.(startingAccounts(market));
  const watch = observer.step === undefined ? undefined : new StepWatch(market, planned.from);
  const orders =
    observer.metaorder === undefined ? undefined : new MetaorderWatch(market, planned.from);
  for (let step = 0; step < planned.steps; step += 1) {
    market.advance();
    keeper.observe();
    if (observer.liquidation !== undefined) {
      for (const event of market.liquidations.events) observer.liquidation(event);
    }
    if (orders !== undefined) for (const order of orders.take()) observer.metaorder?.(order);
    if (watch !== undefined) observer.step?.(watch.take(step));
  }
  return tell(keeper, planned);
}
