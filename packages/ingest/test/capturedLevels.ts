/** How the messages of a venue with checksums are written: read here without any of the code under test. */
export interface VenueText {
  /** Levels of each side that a checksum covers. */
  readonly depth: number;
  /** Levels of each side that the feed has; further ones fall out without a word. */
  readonly feedDepth: number;
  /** Which market a book message is of; no match: it is no book message. */
  readonly market: RegExp;
  readonly isSnapshot: RegExp;
  readonly checksum: RegExp;
  /** A message without a checksum that replaces the whole book. */
  snapshot(market: string, bids: readonly TextPair[], asks: readonly TextPair[]): string;
}

type TextPair = readonly [price: string, size: string];

const list = (pairs: readonly TextPair[], write: (pair: TextPair) => string): string =>
  `[${pairs.map(write).join(",")}]`;

/** Kraken's spot books of a thousand levels. */
export const KRAKEN: VenueText = {
  depth: 10,
  feedDepth: 1_000,
  market: /"book-\d+","([^"]+)"\]$/,
  isSnapshot: /"(?:as|bs)":/,
  checksum: /"c":"(\d+)"/d,
  snapshot: (market, bids, asks) => {
    const write = ([price, size]: TextPair): string => `["${price}","${size}","1617666423.5"]`;
    return `[1,{"as":${list(asks, write)},"bs":${list(bids, write)}},"book-1000","${market}"]`;
  },
};

/** OKX, messages of version 5. */
export const OKX: VenueText = {
  depth: 25,
  feedDepth: Number.POSITIVE_INFINITY,
  market: /"channel":"books-l2-tbt","instId":"([^"]+)"\},"action"/,
  isSnapshot: /"action":"snapshot"/,
  checksum: /"checksum":(-?\d+)/d,
  snapshot: (market, bids, asks) => {
    const write = ([price, size]: TextPair): string => `["${price}","${size}","0","1"]`;
    return `{"arg":{"channel":"books-l2-tbt","instId":"${market}"},"action":"snapshot","data":[{"asks":${list(asks, write)},"bids":${list(bids, write)},"ts":"1626995753399"}]}`;
  },
};

/** FTX. Each of its messages has a checksum; that of a snapshot of ours is nothing's. */
export const FTX: VenueText = {
  depth: 100,
  feedDepth: Number.POSITIVE_INFINITY,
  market: /"channel": "orderbook", "market": "([^"]+)", "type": "(?:partial|update)"/,
  isSnapshot: /"type": "partial"/,
  checksum: /"checksum": (\d+)/d,
  snapshot: (market, bids, asks) => {
    const write = ([price, size]: TextPair): string => `[${price}, ${size}]`;
    return `{"channel": "orderbook", "market": "${market}", "type": "partial", "data": {"time": 1617645008.5, "checksum": 0, "bids": ${list(bids, write)}, "asks": ${list(asks, write)}, "action": "partial"}}`;
  },
};

/** A level in a line, with where its price and size stand. */
export interface LevelText {
  readonly side: "bids" | "asks";
  readonly price: string;
  readonly size: string;
  readonly priceAt: number;
  readonly sizeAt: number;
}

const SIDE_OR_LEVEL =
  /"(as|bs|asks|bids|a|b)":\s?\[|\["?([\d.]+(?:e-?\d+)?)"?,\s?"?([\d.]+(?:e-?\d+)?)"?[,\]]/dg;

/** The levels that a message holds, in its order. */
export function levelsIn(text: string): readonly LevelText[] {
  const levels: LevelText[] = [];
  let side: LevelText["side"] = "asks";
  for (const match of text.matchAll(SIDE_OR_LEVEL)) {
    const [, key, price, size] = match;
    const [, , priceAt, sizeAt] = match.indices ?? [];
    if (key !== undefined) side = key.startsWith("b") ? "bids" : "asks";
    if (price === undefined || size === undefined) continue;
    levels.push({
      side,
      price,
      size,
      priceAt: priceAt?.[0] ?? Number.NaN,
      sizeAt: sizeAt?.[0] ?? Number.NaN,
    });
  }
  return levels;
}

/** A book kept the plainest way: sizes by price, as text; the price as a number to compare it. */
export class PlainBook {
  readonly #sides = {
    bids: new Map<string, readonly [size: string, price: number]>(),
    asks: new Map<string, readonly [size: string, price: number]>(),
  };

  sizeAt({ side, price }: LevelText): string | undefined {
    return this.#sides[side].get(price)?.[0];
  }

  apply(levels: readonly LevelText[], snapshot: boolean, feedDepth: number): void {
    if (snapshot) for (const side of Object.values(this.#sides)) side.clear();
    for (const { side, price, size } of levels) {
      if (Number(size) === 0) this.#sides[side].delete(price);
      else this.#sides[side].set(price, [size, Number(price)]);
    }
    for (const side of ["bids", "asks"] as const) {
      while (this.#sides[side].size > feedDepth) this.#sides[side].delete(this.#worst(side));
    }
  }

  /** How many levels of its side are better. */
  rankOf({ side, price }: LevelText): number {
    const own = Number(price);
    let better = 0;
    for (const [, other] of this.#sides[side].values()) {
      if (side === "bids" ? other > own : other < own) better += 1;
    }
    return better;
  }

  pairs(side: LevelText["side"]): readonly TextPair[] {
    return [...this.#sides[side]].map(([price, [size]]) => [price, size]);
  }

  #worst(side: LevelText["side"]): string {
    const [first = ""] = [...this.#sides[side]]
      .toSorted(([, [, a]], [, [, b]]) => (side === "bids" ? a - b : b - a))
      .map(([price]) => price);
    return first;
  }
}
