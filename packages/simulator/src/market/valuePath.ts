import { STEPS_PER_SECOND, STEPS_PER_YEAR } from "../clock.ts";
import type { ValueConfig } from "../marketConfig.ts";
import type { Random } from "../random.ts";

/**
 * What the coin is worth at every step, in two parts: ordinary moves, which everyone sees at once on other venues, and the news, which
 * each agent understands with a lag of its own.
 */
export interface ValuePath {
  /** Natural logarithm of the start price in USD and all ordinary moves since, one a step. */
  readonly ordinary: readonly number[];
  /** Natural logarithm of what the news have left, one a step: 0 before them, negative after. */
  readonly news: readonly number[];
  /** First step of the news. */
  readonly newsFrom: number;
  /** First step after it. */
  readonly newsTo: number;
  /** What the news takes away in all, a fraction: 0.07 is 7 %. */
  readonly newsDrop: number;
}

interface Headline {
  /** Step at which it is out, and the share of the whole drop that it stands for. */
  readonly at: number;
  readonly share: number;
}

function drawHeadlines(
  random: Random,
  options: { count: number; from: number; steps: number },
): readonly Headline[] {
  const drawn = Array.from({ length: options.count }, (_, index) => ({
    // The first comes at the start, the others anywhere: news have no schedule.
    at: options.from + (index === 0 ? 0 : random.uniform() * options.steps),
    weight: random.between(0.3, 1),
  }));
  const total = drawn.reduce((sum, { weight }) => sum + weight, 0);
  return drawn.map(({ at, weight }) => ({ at, share: weight / total }));
}

/**
 * Draws the value: a geometric random walk, plus news that take away a drawn fraction in several headlines, each priced along a
 * straight line, plus doubt: from the first headline on the walk is `newsVolatilityFactor` times as wide, fading with
 * `doubtFadeMinutes`.
 * Assumes that one piece of bad news arrives and that prices do not make news; on real days both are doubtful.
 */
export function drawValuePath(
  config: ValueConfig,
  random: Random,
  options: { steps: number; warmUpSteps: number; startUsd: number },
): ValuePath {
  const stepsPerMinute = 60 * STEPS_PER_SECOND;
  const newsFrom = options.warmUpSteps + Math.round(config.newsMinute * stepsPerMinute);
  const newsSteps = Math.round(config.newsMinutes * stepsPerMinute);
  const newsDrop = random.between(config.newsDropFrom, config.newsDropTo);
  const headlineSteps = config.headlineSeconds * STEPS_PER_SECOND;
  const headlines = drawHeadlines(random, {
    count: config.headlines,
    from: newsFrom,
    steps: newsSteps - headlineSteps,
  });
  const shareOut = (step: number): number =>
    headlines.reduce((sum, { at, share }) => {
      const priced = Math.min(1, Math.max(0, (step - at) / headlineSteps));
      return sum + share * priced;
    }, 0);
  const calm = config.annualVolatility / Math.sqrt(STEPS_PER_YEAR);
  const ordinary: number[] = [];
  const news: number[] = [];
  let walk = Math.log(options.startUsd);
  for (let step = 0; step < options.steps; step += 1) {
    const fade = Math.exp(-(step - newsFrom) / (config.doubtFadeMinutes * stepsPerMinute));
    const doubt = step < newsFrom ? 1 : 1 + (config.newsVolatilityFactor - 1) * fade;
    walk += calm * doubt * random.normal();
    ordinary.push(walk);
    news.push(Math.log(1 - newsDrop) * shareOut(step));
  }
  return { ordinary, news, newsFrom, newsTo: newsFrom + newsSteps, newsDrop };
}
