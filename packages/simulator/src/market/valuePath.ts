import type { ValueView } from "../agents/agent.ts";
import { STEPS_PER_MINUTE, STEPS_PER_SECOND, STEPS_PER_YEAR, stepsIn } from "../clock.ts";
import type { NewsConfig, ValueConfig } from "../config/marketConfig.ts";
import { CounterRandom } from "../counterRandom.ts";

/** A piece of news as it was drawn. */
export interface News {
  /** Its first step, and the first step after it. */
  readonly from: number;
  readonly to: number;
  /** What it takes away in all, a fraction: 0.07 is 7 %. */
  readonly drop: number;
}

interface Headline {
  /** Step at which it is out, in how many steps it is priced, and what it leaves in all, a logarithm. */
  readonly at: number;
  readonly steps: number;
  readonly log: number;
}

interface Doubt {
  readonly from: number;
  /** What it adds to the width of the walk at first, as a factor, and the steps in which that falls to 1/e. */
  readonly extra: number;
  readonly fadeSteps: number;
}

function drawNews(config: NewsConfig, random: CounterRandom, warmUpSteps: number): News {
  const from = warmUpSteps + Math.round(config.minute * STEPS_PER_MINUTE);
  const to = from + Math.round(config.minutes * STEPS_PER_MINUTE);
  return { from, to, drop: random.at(0).between(0, config.dropFrom, config.dropTo) };
}

function drawHeadlines(
  config: NewsConfig,
  random: CounterRandom,
  { from, to, drop }: News,
): readonly Headline[] {
  const steps = stepsIn(config.headlineSeconds);
  const room = Math.max(0, to - from - steps);
  const drawn = Array.from({ length: config.headlines }, (_, index) => {
    random.at(1 + index);
    // The first comes at the start, the others anywhere: news have no schedule.
    const at = from + (index === 0 ? 0 : random.uniform(0) * room);
    return { at, weight: random.between(1, 0.3, 1) };
  });
  const total = drawn.reduce((sum, { weight }) => sum + weight, 0);
  return drawn.map(({ at, weight }) => ({
    at,
    steps,
    log: Math.log(1 - drop) * (weight / total),
  }));
}

/** Times in which the width of the walk forgets, seconds, one for each scale on which volatility comes in bursts. */
const BURST_SECONDS: readonly number[] = [5, 60, 900];

/**
 * What the coin is worth, step by step, in two parts: ordinary moves (a random walk whose width comes in bursts on several scales), which everyone sees at once on other
 * venues, and the news,
 * which each agent understands with a lag of its own: fractions that are added or taken away in several headlines, each priced along a straight
 * line. From the first headline on the walk is wider, for doubt, which fades.
 * Assumes that prices do not make news; on real days that is doubtful.
 */
export class ValuePath implements ValueView {
  readonly news: readonly News[];
  readonly #random: CounterRandom;
  readonly #headlines: readonly Headline[];
  readonly #doubts: readonly Doubt[];
  readonly #calm: number;
  readonly #burstSigma: number;
  /** Of each scale: how far its logarithm is from its mean, in standard deviations. */
  readonly #bursts: number[] = BURST_SECONDS.map(() => 0);
  #burst = 1;
  #logOrdinary: number;
  #step = -1;

  constructor(
    config: ValueConfig,
    options: { seed: number; warmUpSteps: number; startUsd: number },
  ) {
    const drawn = config.news.map((piece, index) => {
      const random = new CounterRandom(options.seed, `news ${index}`);
      const news = drawNews(piece, random, options.warmUpSteps);
      return { news, headlines: drawHeadlines(piece, random, news), piece };
    });
    this.news = drawn.map(({ news }) => news);
    this.#headlines = drawn.flatMap(({ headlines }) => headlines);
    this.#doubts = drawn.map(({ news, piece }) => ({
      from: news.from,
      extra: piece.volatilityFactor - 1,
      fadeSteps: piece.doubtFadeMinutes * STEPS_PER_MINUTE,
    }));
    this.#random = new CounterRandom(options.seed, "value");
    this.#calm = config.annualVolatility / Math.sqrt(STEPS_PER_YEAR);
    this.#burstSigma = config.burstSigma / Math.sqrt(BURST_SECONDS.length);
    this.#logOrdinary = Math.log(options.startUsd);
  }

  get logOrdinary(): number {
    return this.#logOrdinary;
  }

  logNews(lagSteps: number): number {
    const step = Math.max(0, this.#step - lagSteps);
    let log = 0;
    for (const { at, steps, log: whole } of this.#headlines) {
      if (step > at) log += whole * Math.min(1, (step - at) / steps);
    }
    return log;
  }

  /** Goes to a step, which must be the one after the last. */
  advance(step: number): void {
    if (step % STEPS_PER_SECOND === 0) this.#drawBurst(step);
    let width = this.#calm * this.#burst;
    for (const { from, extra, fadeSteps } of this.#doubts) {
      if (step >= from) width += this.#calm * extra * Math.exp(-(step - from) / fadeSteps);
    }
    this.#step = step;
    this.#logOrdinary += width * this.#random.at(step).normal(0);
  }

  /** Lets the bursts of each scale fade by a second, and draws on them. The mean square of the width stays what it is. */
  #drawBurst(step: number): void {
    const random = this.#random.at(step, 1);
    let log = 0;
    BURST_SECONDS.forEach((seconds, scale) => {
      const kept = Math.exp(-1 / seconds);
      const drawn =
        scale === 2 ? this.#random.at(step, 2).normal(0) : random.normal(scale === 0 ? 0 : 1);
      const now = kept * (this.#bursts[scale] ?? 0) + Math.sqrt(1 - kept * kept) * drawn;
      this.#bursts[scale] = now;
      log += this.#burstSigma * now;
    });
    this.#burst = Math.exp(log - this.#burstSigma ** 2 * BURST_SECONDS.length);
  }
}
