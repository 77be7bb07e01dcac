import { ConfigError } from "@aftershock/schema";
import type { AccountId, Ledger } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import type { LiquidationPrices } from "./liquidationPrice.ts";

/** Forced exits between two prices. */
export interface ExitBucket {
  /** Ticks, not whole: the bucket is low … high; the end nearer to the mark belongs to it, the other to the next. */
  readonly low: number;
  readonly high: number;
  /** How many accounts are liquidated in it. */
  readonly accounts: number;
  /** Lots of their longs in the instrument, which would be sold. */
  readonly sellLots: number;
  /** Lots of their shorts, which would be bought. */
  readonly buyLots: number;
  /** What those lots are worth at their accounts' liquidation prices, units of the ledger's currency, without a sign. */
  readonly sellUnits: number;
  readonly buyUnits: number;
}

/** Where the accounts of a ledger are forced out of an instrument. */
export interface ExitHeatMap {
  /** Ticks. */
  readonly mark: number;
  /** From the mark downwards. */
  readonly below: readonly ExitBucket[];
  /** From the mark upwards. */
  readonly above: readonly ExitBucket[];
  /** Accounts that are liquidatable at the mark, counted here and in no bucket. */
  readonly due: ExitBucket;
  /** Accounts with a position that is liquidated nowhere within the buckets on either side; without those that are exempt. */
  readonly safeAccounts: number;
}

/** What a heat map is made of. */
export interface ExitHeatMapOptions {
  readonly ledger: Ledger;
  readonly marks: Marks;
  /** Number of the instrument whose price moves. */
  readonly instrument: number;
  /** Where an account is liquidated as that price moves, ticks: `liquidationPrices`, or a search for books of options. */
  readonly pricesOf: (account: AccountId) => LiquidationPrices;
  /** Accounts that are never liquidated (a fund, the rest of the world): they are counted nowhere. Default: none. */
  readonly isExempt?: (account: AccountId) => boolean;
  /** Width of a bucket as a share of the mark, above 0 and below 1; default 0.01. */
  readonly width?: number;
  /** Buckets on each side, whole; default 50, at most as many as reach down to 0. */
  readonly buckets?: number;
}

type Open = { -readonly [K in keyof ExitBucket]: ExitBucket[K] };

const bucketOf = (low: number, high: number): Open => ({
  low,
  high,
  accounts: 0,
  sellLots: 0,
  buyLots: 0,
  sellUnits: 0,
  buyUnits: 0,
});

function checked({ width = 0.01, buckets = 50 }: ExitHeatMapOptions): readonly [number, number] {
  if (width > 0 && width < 1 && Number.isSafeInteger(buckets) && buckets > 0) {
    return [width, Math.min(buckets, Math.floor(1 / width + 1e-9))];
  }
  throw new ConfigError(`A heat map cannot have ${buckets} buckets of ${width} of the price`, {
    hints: ["Give a whole number of buckets above 0, and a width between 0 and 1."],
  });
}

/**
 * Forced exits of all accounts by the price of one instrument, bucket by bucket away from its mark, with all other marks as they are: what a fall or a rise
 * would make the venue sell and buy. An account that is liquidated on the way down and on the way up counts on both sides.
 *
 * Counts whole positions at first touch. Assumes that accounts do nothing and that liquidations move nobody else's price: it is where a cascade
 * could begin, not how far it would go; and where a venue closes by parts it is the most that is sold.
 */
export function exitHeatMap(options: ExitHeatMapOptions): ExitHeatMap {
  const { ledger, marks, instrument, pricesOf, isExempt = () => false } = options;
  const [width, count] = checked(options);
  const mark = marks.ticks(instrument);
  const numbers = Array.from({ length: count }, (_, i) => i);
  const below = numbers.map((i) =>
    bucketOf(mark * Math.max(0, 1 - (i + 1) * width), mark * (1 - i * width)),
  );
  const above = numbers.map((i) => bucketOf(mark * (1 + i * width), mark * (1 + (i + 1) * width)));
  const due = bucketOf(mark, mark);
  let safeAccounts = 0;
  const add = (bucket: Open | undefined, lots: number, price: number): boolean => {
    if (bucket === undefined) return false;
    const units = Math.abs(ledger.valueUnits(instrument, lots, price));
    bucket.accounts += 1;
    bucket.sellLots += Math.max(lots, 0);
    bucket.buyLots += Math.max(-lots, 0);
    bucket.sellUnits += lots > 0 ? units : 0;
    bucket.buyUnits += lots < 0 ? units : 0;
    return true;
  };
  for (let account = 0; account < ledger.accountCount; account += 1) {
    const lots = ledger.lots(account, instrument);
    if (lots === 0 || isExempt(account)) continue;
    const prices = pricesOf(account);
    if (prices.below === mark && prices.above === mark) {
      add(due, lots, mark);
      continue;
    }
    const place = (price: number | undefined, side: readonly Open[]): boolean => {
      if (price === undefined) return false;
      const index = Math.floor(Math.abs(price / mark - 1) / width);
      return add(side[index], lots, price);
    };
    const falls = place(prices.below, below);
    const rises = place(prices.above, above);
    if (!falls && !rises) safeAccounts += 1;
  }
  return { mark, below, above, due, safeAccounts };
}
