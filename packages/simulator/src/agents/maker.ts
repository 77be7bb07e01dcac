import { ASK, BID } from "@aftershock/schema";
import { STEPS_PER_SECOND } from "../clock.ts";
import { LOT_USD, TICK_USD } from "../instruments.ts";
import type { RestingOrder } from "../market/orderBook.ts";
import type { MakerConfig } from "../marketConfig.ts";
import type { Random } from "../random.ts";
import type { Agent, MarketView } from "./marketView.ts";

/** The price grids that makers like, ticks: a level sits on the coarsest that is half its distance or finer. */
const GRIDS: readonly number[] = [200, 100, 50, 20, 10, 5, 2, 1];

/** Resizing within these bounds is not worth losing one's place in the queue. */
const SMALLEST_KEPT = 0.5;
const LARGEST_KEPT = 1.8;

const BPS = 1e-4;

interface Personality {
  /** Steps between reviews, and at which of them. */
  readonly reviewSteps: number;
  readonly phase: number;
  readonly valueLagSteps: number;
  /** Infinite for a committed maker. */
  readonly withdrawSigmaBps: number;
}

/**
 * A market maker: a ladder on each side of a view of the price, reviewed now and then. The view follows ordinary moves
 * at once, the mid quickly and the value, with lagged news, slowly, less a skew for inventory. As volatility rises the ladder gets wider and thinner, and past a limit
 * of its own the maker pulls it for some seconds.
 * Assumes unlimited capital and no look at order flow. Wrong when makers are forced out themselves, as some were in
 * March 2020 and October 2025.
 */
export class Maker implements Agent {
  readonly #account: number;
  readonly #config: MakerConfig;
  readonly #random: Random;
  readonly #self: Personality;
  readonly #quotes: ReadonlyMap<number, Map<number, RestingOrder>> = new Map([
    [BID, new Map<number, RestingOrder>()],
    [ASK, new Map<number, RestingOrder>()],
  ]);
  #logView: number;
  #logOrdinary: number;
  #logCentre: number;
  /** How far this maker's idea of the price is from the others', a logarithm, in calm; fades and is drawn on at each review. */
  #opinion = 0;
  #awayUntil = 0;

  constructor(options: {
    account: number;
    config: MakerConfig;
    random: Random;
    committed: boolean;
    logStart: number;
  }) {
    const { account, config, random } = options;
    this.#account = account;
    this.#config = config;
    this.#random = random;
    this.#logView = options.logStart;
    this.#logOrdinary = options.logStart;
    this.#logCentre = options.logStart;
    const seconds = random.between(config.reviewSecondsFrom, config.reviewSecondsTo);
    const reviewSteps = Math.max(1, Math.round(seconds * STEPS_PER_SECOND));
    const lag = random.between(config.valueLagSecondsFrom, config.valueLagSecondsTo);
    const limit = random.between(config.withdrawSigmaBpsFrom, config.withdrawSigmaBpsTo);
    this.#self = {
      reviewSteps,
      phase: random.integer(0, reviewSteps - 1),
      valueLagSteps: Math.round(lag * STEPS_PER_SECOND),
      withdrawSigmaBps: options.committed ? Number.POSITIVE_INFINITY : limit,
    };
  }

  act(market: MarketView): void {
    if (market.step % this.#self.reviewSteps !== this.#self.phase) return;
    this.#updateView(market);
    this.#updateCentre(market);
    if (market.sigmaBps > this.#self.withdrawSigmaBps && market.step >= this.#awayUntil) {
      this.#awayUntil = market.step + this.#config.awaySeconds * STEPS_PER_SECOND;
    }
    const quoting = market.step >= this.#awayUntil;
    const bids = quoting ? this.#ladder(BID, market) : new Map<number, number>();
    const asks = quoting ? this.#ladder(ASK, market) : new Map<number, number>();
    // Old quotes go first, on both sides, so that new ones do not meet the maker's own.
    this.#withdraw(BID, bids, market);
    this.#withdraw(ASK, asks, market);
    this.#place(BID, bids, market);
    this.#place(ASK, asks, market);
  }

  #updateView(market: MarketView): void {
    const mid = market.logMidAt(market.step - 1);
    const value = market.logOrdinary + market.logNews(this.#self.valueLagSteps);
    const seconds = this.#self.reviewSteps / STEPS_PER_SECOND;
    const pull = Math.min(1, this.#config.followValuePerSecond * seconds);
    this.#logView += this.#config.followMid * (mid - this.#logView);
    this.#logView += market.logOrdinary - this.#logOrdinary;
    this.#logOrdinary = market.logOrdinary;
    this.#logView += pull * (value - this.#logView);
    const { opinionBps } = this.#config;
    this.#opinion = 0.9 * this.#opinion + 0.44 * opinionBps * BPS * this.#random.normal();
  }

  /** Moves the ladder's centre to the view less the skew for inventory, once they are far enough apart. */
  #updateCentre(market: MarketView): void {
    const { halfSpreadBps, patience, skewBpsPerMillion } = this.#config;
    const inventoryMillions = (market.position(this.#account) * LOT_USD) / 1e6;
    const skew = skewBpsPerMillion * inventoryMillions * BPS;
    const wanted = this.#logView - skew + this.#opinion * this.#wider(market);
    const tolerance = patience * halfSpreadBps * this.#wider(market) * BPS;
    if (Math.abs(wanted - this.#logCentre) > tolerance) this.#logCentre = wanted;
  }

  /** How much wider than in calm the ladder is, a factor. */
  #wider(market: MarketView): number {
    return Math.min(this.#config.widest, 1 + market.sigmaBps / this.#config.widenSigmaBps);
  }

  /** The wanted size in lots at each price of one side, best first. */
  #ladder(side: number, market: MarketView): Map<number, number> {
    const { levels, growth, sizeUsd, sizeSlope, sizeFloor, thinSigmaBps } = this.#config;
    const wider = this.#wider(market);
    const thinner = Math.max(sizeFloor, 1 / (1 + (market.sigmaBps / thinSigmaBps) ** 2));
    const centre = Math.exp(this.#logCentre) / TICK_USD;
    const ladder = new Map<number, number>();
    let distanceBps = this.#config.halfSpreadBps * wider;
    let gapBps = this.#config.gapBps * wider;
    for (let level = 0; level < levels; level += 1) {
      const distance = centre * distanceBps * BPS;
      const grid = GRIDS.find((step) => step <= distance / 2) ?? 1;
      const raw = (centre - side * distance) / grid;
      const price = (side === BID ? Math.floor(raw) : Math.ceil(raw)) * grid;
      // The best prices thin out first; who rests far away waits for just such a moment.
      const left = thinner ** (1 - level / levels);
      const size = Math.max(1, Math.round((sizeUsd * (1 + level * sizeSlope) * left) / LOT_USD));
      ladder.set(price, (ladder.get(price) ?? 0) + size);
      distanceBps += gapBps;
      gapBps *= growth;
    }
    return ladder;
  }

  /** Cancels what is no longer wanted, and forgets what was filled. */
  #withdraw(side: number, wanted: ReadonlyMap<number, number>, market: MarketView): void {
    const quotes = this.#quotesOn(side);
    for (const [price, order] of quotes) {
      const size = wanted.get(price) ?? 0;
      const fits = order.size >= size * SMALLEST_KEPT && order.size <= size * LARGEST_KEPT;
      if (fits && order.size > 0) continue;
      market.cancel(order);
      quotes.delete(price);
    }
  }

  /** Rests what is wanted and not there yet; a quote that would cross goes one tick behind the other side's best. */
  #place(side: number, wanted: ReadonlyMap<number, number>, market: MarketView): void {
    const quotes = this.#quotesOn(side);
    for (const [target, size] of wanted) {
      if (quotes.has(target)) continue;
      const opposite = market.best(-side);
      const crosses = opposite !== undefined && (opposite - target) * side <= 0;
      const price = crosses ? opposite - side : target;
      if (quotes.has(price) || price < 1) continue;
      const drawn = Math.max(1, Math.round(size * this.#random.between(0.7, 1.3)));
      const order: RestingOrder = { owner: this.#account, side, price, size: drawn };
      market.place(order);
      quotes.set(price, order);
    }
  }

  #quotesOn(side: number): Map<number, RestingOrder> {
    const quotes = this.#quotes.get(side);
    if (quotes === undefined) throw new Error(`Invariant: ${side} is neither BID nor ASK`);
    return quotes;
  }
}
