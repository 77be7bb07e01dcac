import type { JsonPlace } from "@aftershock/schema";

/** A market that goes into a price. */
export interface PriceSource {
  /** The venue, as its rules name it. */
  readonly name: string;
  /** Relative to the others, above 0; undefined where no source gives weights. */
  readonly weight: number | undefined;
}

/** How a venue makes its index, or its oracle price, of other markets. */
export interface IndexRule {
  readonly sources: readonly PriceSource[];
  /** Undefined where no source says. */
  readonly combination: "weightedMean" | "median" | "weightedMedian" | undefined;
  /** A source further from the median than this fraction of it counts for nothing; undefined where there is no such rule, or none is known. */
  readonly deviationLimit: number | undefined;
  /** What is taken where several sources deviate. */
  readonly ifSeveralDeviate: "median" | undefined;
  /** A source that was not updated for so long counts for nothing, seconds. */
  readonly staleAfterSeconds: number | undefined;
  /** Time between updates, seconds. */
  readonly updateSeconds: number | undefined;
  /** Sources that must be there at least. */
  readonly minimumSources: number | undefined;
  /** A change of less than this fraction is not taken over. */
  readonly minimumChange: number | undefined;
}

/** Reads a market with or without a weight. Throws DataError naming the place. */
export function readPriceSource(place: JsonPlace): PriceSource {
  const { name, weight } = place.fields(["name"], ["weight"]);
  return { name: name.text(), weight: weight?.number({ above: 0 }) };
}

/** Reads an index rule. Throws DataError naming the place. */
export function readIndexRule(place: JsonPlace): IndexRule {
  const fields = place.fields(
    ["sources"],
    [
      "combination",
      "deviationLimit",
      "ifSeveralDeviate",
      "staleAfterSeconds",
      "updateSeconds",
      "minimumSources",
      "minimumChange",
    ],
  );
  return {
    sources: fields.sources.list(readPriceSource),
    combination: fields.combination?.oneOf(["weightedMean", "median", "weightedMedian"]),
    deviationLimit: fields.deviationLimit?.number({ above: 0, to: 1 }),
    ifSeveralDeviate: fields.ifSeveralDeviate?.oneOf(["median"]),
    staleAfterSeconds: fields.staleAfterSeconds?.number({ above: 0 }),
    updateSeconds: fields.updateSeconds?.number({ above: 0 }),
    minimumSources: fields.minimumSources?.number({ above: 0, whole: true }),
    minimumChange: fields.minimumChange?.number({ above: 0, to: 1 }),
  };
}
