import { ConfigError, MICROS_PER_SECOND } from "@aftershock/schema";
import type {
  AverageBasisMark,
  EmaBasisMark,
  MarkRule,
  MedianOfThreeMark,
  MedianWithVenuesMark,
} from "../rules/markRule.ts";
import { BasisAverage, type FairPrice } from "./basisAverage.ts";
import { ExponentialAverage } from "./exponentialAverage.ts";
import type { MarkInputs, MarkNeed } from "./markInputs.ts";
import { medianOfThree, sortWeighted, weightedMedianOf } from "./median.ts";
import { statedOr } from "./statedOr.ts";
import { TimeAverage } from "./timeAverage.ts";

/** What a mark takes where its rule is silent. Giving what the rule states otherwise is an error. */
export interface MarkOptions {
  /** Whose mark it is, for messages, e.g. `binance-usdm BTCUSDT`. */
  readonly of: string;
  /** The window of an average of the basis, seconds. */
  readonly averageSeconds?: number;
  /** Time between its samples, seconds; `continuous` for all of time. */
  readonly sampleSeconds?: number | "continuous";
  /** The funding period of a fair basis (BitMEX), seconds: the interval of the funding rule. */
  readonly fundingPeriodSeconds?: number;
  /** The band of an exponential basis, a fraction of the index; `none` for no band. */
  readonly bandRate?: number | "none";
  /** What stands for the fair price of an exponential basis. Default `impact`; `mid` is an assumption, and said to be one. */
  readonly fairPrice?: FairPrice;
}

/** A price that a mark is made of. */
export interface MarkComponent {
  readonly name: string;
  readonly needs: readonly MarkNeed[];
  /** NaN where something that it needs is missing. */
  price(at: number): number;
}

/** What a mark is made of. */
export interface MarkParts {
  readonly components: readonly MarkComponent[];
  /** A component that stands for a missing one of the others, where the rule has one. */
  readonly substitute: MarkComponent | undefined;
  /** The averages that are to hear of new inputs. */
  readonly averages: readonly BasisAverage[];
  readonly assumptions: readonly string[];
}

const part = (component: MarkComponent, assumptions: readonly string[] = []): MarkParts => ({
  components: [component],
  substitute: undefined,
  averages: [],
  assumptions,
});

function fundingPrice(inputs: MarkInputs, periodSeconds: number): MarkComponent {
  const periodMicros = periodSeconds * MICROS_PER_SECOND;
  return {
    name: "index and funding",
    needs: ["index", "funding"],
    price: (at) => inputs.indexAndFunding(at, periodMicros),
  };
}

const basisPrice = (average: BasisAverage): MarkComponent => ({
  name: "index and average basis",
  needs: average.needs,
  price: (at) => average.price(at),
});

/** The moving average of mid − index, of the window and samples that the rule states or the options assume. */
function movingBasis(
  inputs: MarkInputs,
  rule: MedianOfThreeMark | AverageBasisMark,
  options: MarkOptions,
  assumptions: string[],
): BasisAverage {
  const { of, averageSeconds, sampleSeconds } = options;
  const seconds = statedOr(
    {
      of,
      what: "the window of the mark's average, in seconds,",
      stated: rule.averageSeconds,
      assumed: averageSeconds,
      option: "averageSeconds",
    },
    assumptions,
  );
  const sample = statedOr<number | "continuous">(
    {
      of,
      what: "the time between samples of the mark's average, in seconds,",
      stated: rule.kind === "medianOfThree" ? rule.sampleSeconds : undefined,
      assumed: sampleSeconds,
      option: "sampleSeconds",
    },
    assumptions,
  );
  const window = { windowMicros: Math.round(seconds * MICROS_PER_SECOND) };
  const average =
    sample === "continuous"
      ? new TimeAverage(window)
      : new TimeAverage({ ...window, stepMicros: Math.round(sample * MICROS_PER_SECOND) });
  return new BasisAverage(inputs, "mid", average);
}

function exponentialBasis(inputs: MarkInputs, rule: EmaBasisMark, options: MarkOptions): MarkParts {
  const { of, bandRate, fairPrice = "impact" } = options;
  const assumptions: string[] = [];
  const band = statedOr<number | "none">(
    {
      of,
      what: "the band of the mark around the index",
      stated: rule.bandRate,
      assumed: bandRate,
      option: "bandRate",
    },
    assumptions,
  );
  if (fairPrice === "mid") assumptions.push(`${of}: the mid stands for the fair impact price`);
  const ema = new ExponentialAverage({ timeMicros: rule.emaSeconds * MICROS_PER_SECOND });
  const average = new BasisAverage(inputs, fairPrice, ema);
  const limit = band === "none" ? Number.POSITIVE_INFINITY : band;
  const price = (at: number): number => {
    const index = inputs.get("index");
    const most = limit * index;
    return index + Math.min(most, Math.max(-most, average.basis(at)));
  };
  const component = { name: "index and exponential basis", needs: average.needs, price };
  return { ...part(component, assumptions), averages: [average] };
}

/** The weighted median of the mids of other venues, those that are there. */
function venueMedian(inputs: MarkInputs, rule: MedianWithVenuesMark, of: string): MarkComponent {
  const weights = rule.venues.map(({ name, weight }) => {
    if (weight !== undefined) return weight;
    throw new ConfigError(`${of}: the weight of ${name} in the mark is not known`, {
      hints: ["Change the rule: give each venue a weight."],
    });
  });
  const sorted = new Float64Array(weights.length);
  const sortedWeights = new Float64Array(weights.length);
  const price = (): number => {
    let there = 0;
    for (let i = 0; i < weights.length; i += 1) {
      const mid = inputs.venueMids[i] ?? Number.NaN;
      if (!Number.isNaN(mid)) {
        sorted[there] = mid;
        sortedWeights[there] = weights[i] ?? 0;
        there += 1;
      }
    }
    sortWeighted(sorted, sortedWeights, there);
    return weightedMedianOf(sorted, sortedWeights, there);
  };
  return { name: "mids of other venues", needs: ["venues"], price };
}

function withVenues(inputs: MarkInputs, rule: MedianWithVenuesMark, of: string): MarkParts {
  const averageOf = (seconds: number): BasisAverage =>
    new BasisAverage(
      inputs,
      "mid",
      new ExponentialAverage({ timeMicros: seconds * MICROS_PER_SECOND }),
    );
  const long = averageOf(rule.emaSeconds);
  const short = averageOf(rule.thirdEmaSeconds);
  const own: MarkComponent = {
    name: "median of bid, ask and last",
    needs: ["bid", "ask", "last"],
    price: () => medianOfThree(inputs.get("bid"), inputs.get("ask"), inputs.get("last")),
  };
  return {
    components: [basisPrice(long), own, venueMedian(inputs, rule, of)],
    substitute: { ...basisPrice(short), name: "index and short average basis" },
    averages: [long, short],
    assumptions: [],
  };
}

/** The parts of a rule's mark. Throws ConfigError where the rule leaves something out and no option says it. */
export function markParts(rule: MarkRule, inputs: MarkInputs, options: MarkOptions): MarkParts {
  const { of } = options;
  switch (rule.kind) {
    case "oracle":
      return part({ name: "index", needs: ["index"], price: () => inputs.get("index") });
    case "indexAndFunding":
      return part(fundingPrice(inputs, rule.periodSeconds));
    case "fairBasis": {
      const { fundingPeriodSeconds } = options;
      if (fundingPeriodSeconds !== undefined)
        return part(fundingPrice(inputs, fundingPeriodSeconds));
      throw new ConfigError(`${of}: a fair basis needs the period of the funding rate`, {
        hints: ["Give fundingPeriodSeconds: the interval of the venue's funding rule."],
      });
    }
    case "averageBasis": {
      const assumptions: string[] = [];
      const average = movingBasis(inputs, rule, options, assumptions);
      return { ...part(basisPrice(average), assumptions), averages: [average] };
    }
    case "medianOfThree": {
      const assumptions: string[] = [];
      const average = movingBasis(inputs, rule, options, assumptions);
      const last: MarkComponent = {
        name: "last",
        needs: ["last"],
        price: () => inputs.get("last"),
      };
      const components = [fundingPrice(inputs, rule.periodSeconds), basisPrice(average), last];
      return { components, substitute: undefined, averages: [average], assumptions };
    }
    case "emaBasis":
      return exponentialBasis(inputs, rule, options);
    case "medianWithVenues":
      return withVenues(inputs, rule, of);
    default:
      return rule satisfies never;
  }
}
