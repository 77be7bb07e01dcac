import {
  ConfigError,
  type EventStream,
  type Instrument,
  MICROS_PER_MINUTE,
  type Micros,
  isoMicros,
  micros,
} from "@aftershock/schema";
import { STEPS_PER_MINUTE, STEPS_PER_SECOND } from "./clock.ts";
import { SIMULATED_OPTIONS, SIMULATED_PERPETUAL } from "./instruments.ts";
import { Market } from "./market/market.ts";
import { type MarketChange, type MarketConfig, marketWith } from "./marketConfig.ts";
import { type MarketTruth, TruthKeeper } from "./marketTruth.ts";
import { DayRecorder } from "./recording/dayRecorder.ts";
import { nextFundingTime } from "./recording/tickerRecorder.ts";

/** The seed of the embedded demo: a fall of 11 % on news of 7 %, and two fifths of it back within the hour. */
export const DEMO_SEED = 1;

/** Raised whenever the same options give other rows. */
export const SIMULATOR_VERSION = 1;

/** 2001-01-01T12:00:00Z: before Bitcoin, so that nobody takes the recording for a market. */
export const SIMULATED_FROM: Micros = micros(978_350_400_000_000);

/** A recording of this length is still held in memory with ease. */
const MOST_MINUTES = 240;

/** What to simulate. */
export interface SimulateOptions {
  /** A whole number from 0. The same options give the same bytes. */
  readonly seed: number;
  /** Start of the recording; default `SIMULATED_FROM`. */
  readonly from?: Micros;
  /** Length, whole minutes, 1 … 240; default 60. The recording must not cross 00:00, 08:00 or 16:00 UTC, when funding is due. */
  readonly minutes?: number;
  /** False: the same market, accounts, news and crowd without liquidations. Default true. */
  readonly liquidations?: boolean;
  /** Changes to `DEFAULT_MARKET`. */
  readonly market?: MarketChange;
  /** Minute at which the recorder loses its book channel for 1.5 s and gets a new snapshot; default two thirds of the way. */
  readonly reconnectMinute?: number;
}

/** A recorded day and what is true of it. */
export interface SimulatedDay {
  /** book, trades, liquidations and tickers of `sim:BTC-PERPETUAL`, and options of `sim:BTC-OPTIONS`. */
  readonly streams: readonly EventStream[];
  readonly truth: MarketTruth;
  readonly instruments: readonly Instrument[];
}

interface Plan {
  readonly seed: number;
  readonly from: Micros;
  readonly steps: number;
  readonly reconnectStep: number;
  readonly liquidations: boolean;
  readonly config: MarketConfig;
}

function plan(options: SimulateOptions): Plan {
  const { from = SIMULATED_FROM, minutes = 60, liquidations = true } = options;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MOST_MINUTES) {
    throw new ConfigError(`A simulation of ${minutes} minutes is not possible`, {
      hints: [`Give a whole number of minutes from 1 to ${MOST_MINUTES}.`],
    });
  }
  const funding = nextFundingTime(from);
  if (from + minutes * MICROS_PER_MINUTE > funding) {
    throw new ConfigError(`The simulation would cross the funding time ${isoMicros(funding)}`, {
      hints: ["Simulated accounts exchange no funding: start later, or simulate fewer minutes."],
    });
  }
  const { reconnectMinute = (minutes * 2) / 3 } = options;
  return {
    seed: options.seed,
    from,
    steps: minutes * STEPS_PER_MINUTE,
    reconnectStep: Math.round(reconnectMinute * STEPS_PER_MINUTE),
    liquidations,
    config: marketWith(options.market ?? {}),
  };
}

/** A market at the start of the recording, its warm-up behind it. */
function openMarket({ seed, config, steps, liquidations }: Plan): Market {
  const warmUpSteps = Math.round(config.warmUpSeconds * STEPS_PER_SECOND);
  const market = new Market({ seed, config, steps: warmUpSteps + steps, liquidations });
  for (let step = 0; step < warmUpSteps; step += 1) market.advance();
  return market;
}

/**
 * Simulates a crash hour on venue `sim` and records it as a venue's feed would be recorded, in exact ticks and lots, with both clocks.
 * Deterministic: equal options give equal bytes (on engines whose Math.exp, log and cos agree, such as any one version of
 * V8). Throws ConfigError on a seed, length or start that cannot be, and on a market that comes apart.
 */
export function simulate(options: SimulateOptions): SimulatedDay {
  const planned = plan(options);
  const { seed, from, config, liquidations, reconnectStep } = planned;
  const market = openMarket(planned);
  const keeper = new TruthKeeper(market, from);
  const { startUsd } = config;
  const recorder = new DayRecorder({ market, seed, from, startUsd, reconnectStep });
  for (let step = 0; step < planned.steps; step += 1) {
    recorder.advance(step);
    keeper.observe();
  }
  return {
    streams: recorder.finish(),
    truth: keeper.tell({ seed, config, liquidations }),
    instruments: [SIMULATED_PERPETUAL, SIMULATED_OPTIONS],
  };
}

/**
 * The truth of a run without its recording, in less than half the time: run it with `liquidations: false` beside a recorded day to know what the
 * liquidations did.
 */
export function simulateTruth(options: SimulateOptions): MarketTruth {
  const planned = plan(options);
  const { seed, config, liquidations } = planned;
  const market = openMarket(planned);
  const keeper = new TruthKeeper(market, planned.from);
  for (let step = 0; step < planned.steps; step += 1) {
    market.advance();
    keeper.observe();
  }
  return keeper.tell({ seed, config, liquidations });
}
