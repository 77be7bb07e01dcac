import type { JsonPlace } from "@aftershock/schema";
import { type PriceSource, readPriceSource } from "./indexRule.ts";

/** Index × (1 + last funding rate × time to the next funding / period). */
export interface IndexAndFundingMark {
  readonly kind: "indexAndFunding";
  /** The funding period, seconds. */
  readonly periodSeconds: number;
}

/**
 * The median of price 1 (as `indexAndFunding`), price 2 (index + moving average of mid − index) and the contract's own last price.
 */
export interface MedianOfThreeMark {
  readonly kind: "medianOfThree";
  /** The funding period of price 1, seconds. */
  readonly periodSeconds: number;
  /** The window of price 2's average, seconds. */
  readonly averageSeconds: number;
  /** How often the basis is sampled within it, seconds; undefined where no source says. */
  readonly sampleSeconds: number | undefined;
}

/** Index × (1 + funding basis): the basis that the current funding rate implies up to the next funding (BitMEX's "fair price"). */
export interface FairBasisMark {
  readonly kind: "fairBasis";
}

/** Index + moving average of the basis. */
export interface AverageBasisMark {
  readonly kind: "averageBasis";
  /** The average's window, seconds; undefined where no source gives it. */
  readonly averageSeconds: number | undefined;
}

/** Index + exponential moving average of (fair impact price − index), kept within a band around the index. */
export interface EmaBasisMark {
  readonly kind: "emaBasis";
  /** The average's time, seconds. */
  readonly emaSeconds: number;
  /** Largest distance from the index, a fraction of it; undefined where no source gives it. */
  readonly bandRate: number | undefined;
}

/**
 * The median of oracle + exponential average of (mid − oracle), the median of bid, ask and last, and the weighted median of the
 * mids of the same perpetual elsewhere. Where only two are there, an exponential average of (mid − oracle) over a shorter time is
 * the third.
 */
export interface MedianWithVenuesMark {
  readonly kind: "medianWithVenues";
  readonly emaSeconds: number;
  readonly thirdEmaSeconds: number;
  readonly venues: readonly PriceSource[];
}

/** The index, or oracle price, itself. */
export interface OracleMark {
  readonly kind: "oracle";
}

/** How a venue makes the price at which positions are valued and liquidated. */
export type MarkRule =
  | IndexAndFundingMark
  | MedianOfThreeMark
  | FairBasisMark
  | AverageBasisMark
  | EmaBasisMark
  | MedianWithVenuesMark
  | OracleMark;

const seconds = (place: JsonPlace): number => place.number({ above: 0 });

/** Reads a mark rule. Throws DataError naming the place. */
export function readMarkRule(place: JsonPlace): MarkRule {
  const kind = place.kind([
    "indexAndFunding",
    "medianOfThree",
    "fairBasis",
    "averageBasis",
    "emaBasis",
    "medianWithVenues",
    "oracle",
  ]);
  switch (kind) {
    case "indexAndFunding": {
      const { periodSeconds } = place.fields(["kind", "periodSeconds"]);
      return { kind, periodSeconds: seconds(periodSeconds) };
    }
    case "medianOfThree": {
      const fields = place.fields(["kind", "periodSeconds", "averageSeconds"], ["sampleSeconds"]);
      return {
        kind,
        periodSeconds: seconds(fields.periodSeconds),
        averageSeconds: seconds(fields.averageSeconds),
        sampleSeconds: fields.sampleSeconds?.number({ above: 0 }),
      };
    }
    case "averageBasis": {
      const { averageSeconds } = place.fields(["kind"], ["averageSeconds"]);
      return { kind, averageSeconds: averageSeconds?.number({ above: 0 }) };
    }
    case "emaBasis": {
      const { emaSeconds, bandRate } = place.fields(["kind", "emaSeconds"], ["bandRate"]);
      return {
        kind,
        emaSeconds: seconds(emaSeconds),
        bandRate: bandRate?.number({ above: 0, to: 1 }),
      };
    }
    case "medianWithVenues": {
      const fields = place.fields(["kind", "emaSeconds", "thirdEmaSeconds", "venues"]);
      return {
        kind,
        emaSeconds: seconds(fields.emaSeconds),
        thirdEmaSeconds: seconds(fields.thirdEmaSeconds),
        venues: fields.venues.list(readPriceSource),
      };
    }
    case "fairBasis":
    case "oracle":
      place.fields(["kind"]);
      return { kind };
    default:
      return kind satisfies never;
  }
}
