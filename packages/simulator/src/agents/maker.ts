import { ASK, BID } from "@aftershock/schema";
import { STEPS_PER_SECOND, stepsIn } from "../clock.ts";
import type { MakerConfig } from "../config/marketConfig.ts";
import type { CounterRandom } from "../counterRandom.ts";
import type { Agent, TradingVenue, ValueView } from "./agent.ts";
import { QuoteLadder } from "./quoteLadder.ts";

/** The price grids that makers like, ticks: a level sits on the coarsest that is half its distance or finer. */
const GRIDS: readonly number[] = [200, 100, 50, 20, 10, 5, 2, 1];

const BPS = 1e-4;

/**
 * A market maker: a ladder on each side of a view of the price, reviewed now and then. The view follows ordinary moves
 * at once, the mid quickly and the value, with lagged news, slowly, and falls with what the maker bought since its last review, for who sells may know something; the ladder stands below the view by a
 * skew for inventory, and at its inventory limit the maker quotes one side only. As volatility rises the ladder gets wider and thinner, and past a limit of its own the maker pulls it for some seconds, and returns.
 * Assumes unlimited capital and no look at order flow. Wrong when makers are forced out themselves, as some were in
 * March 2020 and October 2025.
 */
export class Maker implements Agent {
  readonly #venue: TradingVenue;
  readonly #value: ValueView;
  readonly #account: number;
  readonly #config: MakerConfig;
  readonly #random: CounterRandom;
  readonly #reviewSteps: number;
  readonly #phase: number;
  readonly #valueLagSteps: number;
  /** Infinite for a committed maker. */
  readonly #withdrawSigmaBps: number;
  readonly #bids: QuoteLadder;
  readonly #asks: QuoteLadder;
  readonly #startPosition: number;
  #logView: number;
  #logOrdinary: number;
  #logCentre: number;
  /** How far this maker's idea of the price is from the others', a logarithm, in calm; fades and is drawn on at each review. */
  #opinion = 0;
  #awayUntil = 0;
  /** How far its ladder stands below its view for its inventory, a logarithm. */
  #skew = 0;
  /** Beyond what it started with, USD, at its last review. */
  #lastInventoryUsd = 0;

  constructor(options: {
    venue: TradingVenue;
    value: ValueView;
    account: number;
    config: MakerConfig;
    random: CounterRandom;
    traits: CounterRandom;
    committed: boolean;
  }) {
    const { account, config, random, venue } = options;
    const traits = options.traits.at(0);
    this.#venue = venue;
    this.#value = options.value;
    this.#account = account;
    this.#config = config;
    this.#random = random;
    this.#startPosition = venue.position(account);
    this.#logView = venue.logMid;
    this.#logOrdinary = venue.logMid;
    this.#logCentre = venue.logMid;
    this.#reviewSteps = stepsIn(
      traits.between(0, config.reviewSecondsFrom, config.reviewSecondsTo),
    );
    this.#phase = traits.integer(1, 0, this.#reviewSteps - 1);
    this.#valueLagSteps = stepsIn(
      traits.between(2, config.valueLagSecondsFrom, config.valueLagSecondsTo),
    );
    const limit = traits.between(3, config.withdrawSigmaBpsFrom, config.withdrawSigmaBpsTo);
    this.#withdrawSigmaBps = options.committed ? Number.POSITIVE_INFINITY : limit;
    const ladder = { venue, account, levels: config.levels, random };
    this.#bids = new QuoteLadder({ ...ladder, side: BID, firstLane: 1 });
    this.#asks = new QuoteLadder({ ...ladder, side: ASK, firstLane: 1 + config.levels });
  }

  act(step: number): void {
    if (step % this.#reviewSteps !== this.#phase) return;
    const { sigmaBps } = this.#venue;
    const inventoryUsd = this.#inventoryUsd();
    this.#updateView(step, inventoryUsd);
    this.#updateCentre(inventoryUsd);
    if (sigmaBps > this.#withdrawSigmaBps && step >= this.#awayUntil) {
      this.#awayUntil = step + this.#config.awaySeconds * STEPS_PER_SECOND;
    }
    const isQuoting = step >= this.#awayUntil;
    const limit = this.#config.inventoryLimitUsd;
    this.#fillLadder(this.#bids, isQuoting && inventoryUsd < limit);
    this.#fillLadder(this.#asks, isQuoting && inventoryUsd > -limit);
    // Old quotes go first, on both sides, so that new ones do not meet the maker's own.
    this.#bids.withdraw();
    this.#asks.withdraw();
    this.#bids.place(step);
    this.#asks.place(step);
  }

  #updateView(step: number, inventoryUsd: number): void {
    const { logMid } = this.#venue;
    const { logOrdinary } = this.#value;
    const value = logOrdinary + this.#value.logNews(this.#valueLagSteps);
    const seconds = this.#reviewSteps / STEPS_PER_SECOND;
    const pull = Math.min(1, this.#config.followValuePerSecond * seconds);
    // What its own skew did to the mid is no news to it.
    this.#logView += this.#config.followMid * (logMid + this.#skew - this.#logView);
    const boughtUsd = inventoryUsd - this.#lastInventoryUsd;
    this.#lastInventoryUsd = inventoryUsd;
    const learnBps = this.#config.learnBpsPerMillion * this.#wider();
    this.#logView -= learnBps * (boughtUsd / 1e6) * BPS;
    this.#logView += logOrdinary - this.#logOrdinary;
    this.#logOrdinary = logOrdinary;
    this.#logView += pull * (value - this.#logView);
    const { opinionBps } = this.#config;
    const drawn = this.#random.at(step, 0).normal(0);
    this.#opinion = 0.9 * this.#opinion + 0.44 * opinionBps * BPS * drawn;
  }

  /** What it holds beyond what it started with, USD. */
  #inventoryUsd(): number {
    const lots = this.#venue.position(this.#account) - this.#startPosition;
    return lots * this.#venue.lotUsd;
  }

  /** Moves the ladder's centre to the view less the skew for inventory, once they are far enough apart. */
  #updateCentre(inventoryUsd: number): void {
    const { halfSpreadBps, patience, skewBpsPerMillion } = this.#config;
    this.#skew = skewBpsPerMillion * (inventoryUsd / 1e6) * BPS;
    const wider = this.#wider();
    const wanted = this.#logView - this.#skew + this.#opinion * wider;
    const tolerance = patience * halfSpreadBps * wider * BPS;
    if (Math.abs(wanted - this.#logCentre) > tolerance) this.#logCentre = wanted;
  }

  /** How much wider than in calm the ladder is, a factor. */
  #wider(): number {
    return Math.min(this.#config.widest, 1 + this.#venue.sigmaBps / this.#config.widenSigmaBps);
  }

  /** Fills a ladder with the wanted size in lots at each price of its side, best first; with nothing where the side is not quoted. */
  #fillLadder(ladder: QuoteLadder, isQuoted: boolean): void {
    ladder.clear();
    if (!isQuoted) return;
    const { levels, growth, sizeUsd, sizeSlope, sizeFloor, thinSigmaBps } = this.#config;
    const { sigmaBps, tickUsd, lotUsd } = this.#venue;
    const wider = this.#wider();
    const thinner = Math.max(sizeFloor, 1 / (1 + (sigmaBps / thinSigmaBps) ** 2));
    const centre = Math.exp(this.#logCentre) / tickUsd;
    let distanceBps = this.#config.halfSpreadBps * wider;
    let gapBps = this.#config.gapBps * wider;
    for (let level = 0; level < levels; level += 1) {
      const distance = centre * distanceBps * BPS;
      const grid = gridFor(distance / 2);
      const raw = (centre - ladder.side * distance) / grid;
      const price = (ladder.side === BID ? Math.floor(raw) : Math.ceil(raw)) * grid;
      // The best prices thin out first; who rests far away waits for just such a moment.
      const left = thinner ** (1 - level / levels);
      const size = Math.max(1, Math.round((sizeUsd * (1 + level * sizeSlope) * left) / lotUsd));
      ladder.want(price, size);
      distanceBps += gapBps;
      gapBps *= growth;
    }
  }
}

/** The coarsest grid up to a width, ticks. */
function gridFor(width: number): number {
  for (const step of GRIDS) if (step <= width) return step;
  return 1;
}
