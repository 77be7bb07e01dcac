import { BUY, SELL } from "@aftershock/schema";
import { STEPS_PER_MINUTE, STEPS_PER_SECOND } from "../clock.ts";
import { CounterRandom } from "../counterRandom.ts";
import type { Market } from "../market/market.ts";
import { openMarket, plannedRun } from "../plannedRun.ts";
import type { SimulateOptions } from "../simulateOptions.ts";
import { StepWatch } from "../truth/observedStep.ts";
import { meanOf } from "./impactParameters.ts";
import { injectedOrder, stepsOfOrder } from "./injectedOrder.ts";

/** Times after the order's last part at which the price is compared, seconds. */
export const LAG_SECONDS: readonly number[] = [0, 1, 10, 60, 300, 900, 1_800];
/** The same times more finely, for the peak of the response and its decay: every half a minute. */
export const CURVE_SECONDS: readonly number[] = Array.from(
  { length: 61 },
  (_, index) => 30 * index,
);
/** When an order may begin in calm, seconds after the start: late enough for the books to have settled. */
const CALM_SECONDS = { from: 30, to: 150 } as const;
/** How long after news stress is taken to last, minutes, as in the crash figures of the truth. */
const AFTER_NEWS_MINUTES = 5;
/** A run lets others in after so many steps. */
const STEPS_A_TURN: number = 30 * STEPS_PER_MINUTE;
const LARGEST_NOISE_SEED = 2 ** 31;

/** What one draw of noise gave. */
export interface ImpactSample {
  /** When the orders began, seconds after the recording's start. */
  readonly beginSeconds: number;
  readonly depthUsd: number;
  /** By size, then bought and sold, then lag: the logarithm of the mid with the order less that without it, positive where the price was pushed. */
  readonly responses: readonly (readonly (readonly number[])[])[];
  /** By size: the mean of bought and sold at each of CURVE_SECONDS. */
  readonly curves: readonly (readonly number[])[];
}

/** Which draw is made, and with which orders. */
export interface ImpactDraw {
  readonly options: SimulateOptions;
  readonly state: "calm" | "stress";
  readonly draw: number;
  readonly sizesUsd: readonly number[];
}

interface Path {
  /** Logarithm of the mid after each step of the recording. */
  readonly logMids: Float64Array;
  /** Mean of both sides just before the orders begin, USD. */
  readonly depthUsd: number;
}

/** Step of the recording at which the orders of a draw begin: in stress within one of the news, in turn. */
function beginOf(market: Market, { state, draw, options }: ImpactDraw): number {
  const random = new CounterRandom(options.seed, `impact ${state}`).at(draw);
  if (state === "calm") {
    return Math.round(random.between(0, CALM_SECONDS.from, CALM_SECONDS.to) * STEPS_PER_SECOND);
  }
  const news = newsWithin(market, options);
  const own = news[draw % news.length];
  const { from = 0, to = 0 } = own ?? {};
  const step = random.between(0, from, to + AFTER_NEWS_MINUTES * STEPS_PER_MINUTE);
  return Math.max(1, Math.round(step) - warmUpOf(market));
}

const warmUpOf = ({ config }: Market): number =>
  Math.round(config.warmUpSeconds * STEPS_PER_SECOND);

/** The news that begin within the recording, in steps from the start of the warm-up. */
function newsWithin(market: Market, options: SimulateOptions): Market["value"]["news"] {
  const { steps } = plannedRun(options);
  return market.value.news.filter(({ from }) => from < warmUpOf(market) + steps);
}

/** Whether a day has stress to measure impact in. */
export function hasStress(options: SimulateOptions): boolean {
  const { preset, steps } = plannedRun(options);
  const { news } = { ...preset.market.value, ...options.market?.value };
  return news.some(({ minute }) => Math.round(minute * STEPS_PER_MINUTE) < steps);
}

/** Runs a market until the last lag after an order of so many steps. Gives way every so often. */
function* pathOf(market: Market, begin: number, orderSteps: number): Generator<undefined, Path> {
  const lastLag = (LAG_SECONDS.at(-1) ?? 0) * STEPS_PER_SECOND;
  const logMids = new Float64Array(begin + orderSteps + lastLag + 1);
  const watch = new StepWatch(market, 0);
  let depthUsd = Number.NaN;
  for (let step = 0; step < logMids.length; step += 1) {
    market.advance();
    logMids[step] = market.perpetual.logMid;
    if (step === begin - 1) {
      const { depthBid, depthAsk } = watch.take(step);
      depthUsd = (depthBid + depthAsk) / 2;
    }
    if (step % STEPS_A_TURN === STEPS_A_TURN - 1) yield;
  }
  return { logMids, depthUsd };
}

/** The market of a draw: fresh noise about the same accounts and value, and in calm no news. */
function optionsOf({ options, state, draw }: ImpactDraw): SimulateOptions {
  const noise = new CounterRandom(options.seed, `impact noise ${state}`).at(draw);
  const fresh = { ...options, noiseSeed: noise.integer(0, 0, LARGEST_NOISE_SEED), nudge: false };
  if (state === "stress") return fresh;
  const { preset } = plannedRun(options);
  const value = { ...preset.market.value, ...options.market?.value, news: [] };
  return { ...fresh, market: { ...options.market, value } };
}

/**
 * Runs the market of a draw without an order, then with each size bought and with each sold. Accounts, value and all luck are the same in all these runs, so that
 * what differs is what the order did, and what others did because of it. Gives way during and after each run.
 */
export function* drawImpact(drawn: ImpactDraw): Generator<undefined, ImpactSample> {
  const options = optionsOf(drawn);
  const open = (own: SimulateOptions): Market => openMarket(plannedRun(own), false);
  const plain = open(options);
  const begin = beginOf(plain, drawn);
  const longest = stepsOfOrder(Math.max(...drawn.sizesUsd));
  const without = yield* pathOf(plain, begin, longest);
  const responses: number[][][] = [];
  const curves: number[][] = [];
  for (const sizeUsd of drawn.sizesUsd) {
    const orderSteps = stepsOfOrder(sizeUsd);
    const pushed: ((seconds: number) => number)[] = [];
    for (const side of [BUY, SELL]) {
      const order = injectedOrder({ step: warmUpOf(plain) + begin, side, sizeUsd });
      const agents = [...(options.agents ?? []), order];
      const { logMids } = yield* pathOf(open({ ...options, agents }), begin, orderSteps);
      pushed.push((seconds) => {
        const step = begin + orderSteps + seconds * STEPS_PER_SECOND;
        return side * ((logMids[step] ?? Number.NaN) - (without.logMids[step] ?? Number.NaN));
      });
    }
    responses.push(pushed.map((by) => LAG_SECONDS.map(by)));
    curves.push(CURVE_SECONDS.map((seconds) => meanOf(pushed.map((by) => by(seconds)))));
  }
  const { depthUsd } = without;
  return { beginSeconds: begin / STEPS_PER_SECOND, depthUsd, responses, curves };
}
