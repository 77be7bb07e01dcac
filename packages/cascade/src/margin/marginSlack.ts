import { ConfigError } from "@aftershock/schema";
import type { AccountId } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import { maintenanceMargin } from "../rules/marginArithmetic.ts";
import { feeRateOf, thresholdOf, type TriggerTerms } from "./liquidationTest.ts";
import { flatPieces, type MarginPiece, marginPieces, type MarginPieces } from "./marginPieces.ts";
import type { RuleMargin } from "./ruleMargin.ts";

/** A position at a price, and how little it may contribute. */
export interface SlackLevel {
  readonly instrument: number;
  /** Signed, not 0. */
  readonly lots: number;
  /** Ticks. */
  readonly price: number;
  /** Units; at most what the position contributes at the price. */
  readonly level: number;
}

/** Prices around one at which a position contributes at least a level, ticks: from `low` to `high`. */
export interface SlackStretch {
  /** 0 where no price is too low. */
  readonly low: number;
  /** Infinity where no price is too high. */
  readonly high: number;
  /** Whether the stretch ends, at the larger notional, only because the margin is not known beyond. */
  readonly endsUnknown: boolean;
}

/** A position's part as a function of its notional. */
interface Part {
  /** 1: the notional adds to equity; −1: it is owed. */
  readonly side: 1 | -1;
  readonly pieces: MarginPieces;
  /** What each unit of notional adds to equity (spot: 1 − haircut). */
  readonly weight: number;
  readonly threshold: number;
  readonly feeRate: number;
}

/** a + b × N + c × N², c 0 or less. */
interface Polynomial {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

function polynomialOf(part: Part, { rate, amount, growth }: MarginPiece): Polynomial {
  const { side, weight, threshold, feeRate } = part;
  return {
    a: threshold * amount,
    b: side * weight - threshold * (rate + feeRate),
    c: growth === 0 ? 0 : -threshold * growth,
  };
}

const valueAt = ({ a, b, c }: Polynomial, x: number): number => a + x * (b + c * x);

/** Where a polynomial that is at least the level at `good` and below it at `bad` (which may be infinite) meets it. */
function rootBetween({ a, b, c }: Polynomial, level: number, good: number, bad: number): number {
  const clamp = (root: number): number =>
    Number.isNaN(root) ? good : Math.min(Math.max(root, Math.min(good, bad)), Math.max(good, bad));
  if (c === 0) return clamp((level - a) / b);
  const half = Math.sqrt(Math.max(0, b * b - 4 * c * (a - level)));
  // Of a curve that is bent downwards the smaller root is where it rises through the level, the larger one where it falls. With the sign of b the sum
  // does not cancel.
  const sum = -(b + (b < 0 ? -half : half)) / 2;
  const [one, other] = [sum / c, (a - level) / sum];
  const takesOther = other < one === bad < good;
  return clamp(takesOther ? other : one);
}

/** The least notional from which on up to `from` the part is at least the level. */
function lowestNotional(part: Part, from: number, level: number): number {
  let high = from;
  for (let index = part.pieces.indexOf(from); index >= 0; index -= 1) {
    const piece = part.pieces.at(index);
    if (piece === undefined) return high;
    const polynomial = polynomialOf(part, piece);
    if (valueAt(polynomial, high) < level) return high;
    const low = index === 0 ? 0 : (part.pieces.at(index - 1)?.to ?? 0);
    if (valueAt(polynomial, low) < level) return rootBetween(polynomial, level, high, low);
    high = low;
  }
  return 0;
}

/** Whether a polynomial is below the level at a notional that may be infinite. */
function isBelow(polynomial: Polynomial, notional: number, level: number): boolean {
  if (notional !== Infinity) return valueAt(polynomial, notional) < level;
  const { a, b, c } = polynomial;
  return c < 0 || b < 0 || (b === 0 && a < level);
}

/** How far a polynomial that is at most the level at a notional stays so towards an end, which may be infinite. */
function shortUpTo(polynomial: Polynomial, level: number, from: number, end: number): number {
  const { b, c } = polynomial;
  if (end === Infinity && c === 0) {
    return b > 0 ? rootBetween(polynomial, level, Infinity, from) : end;
  }
  // A curve that is bent downwards leaves the level, if at all, before its top, or where that is not in between before the end.
  const top = c === 0 ? end : -b / (2 * c);
  const isBetween = from < end ? top > from && top < end : top < from && top > end;
  if (end === Infinity && !isBetween) return end;
  const highest = isBetween ? top : end;
  const isShort = valueAt(polynomial, highest) <= level;
  return isShort ? end : rootBetween(polynomial, level, highest, from);
}

/** The largest notional up to which, from `from` on, the part is at least the level, and whether what is beyond is not known. */
function highestNotional(
  part: Part,
  { from, level, mostPieces }: { from: number; level: number; mostPieces: number },
): { readonly notional: number; readonly endsUnknown: boolean } {
  let low = from;
  const first = part.pieces.indexOf(from);
  for (let index = first; index < first + mostPieces; index += 1) {
    const piece = part.pieces.at(index);
    if (piece === undefined) return { notional: low, endsUnknown: true };
    const polynomial = polynomialOf(part, piece);
    if (valueAt(polynomial, low) < level) return { notional: low, endsUnknown: false };
    if (isBelow(polynomial, piece.to, level)) {
      const notional = rootBetween(polynomial, level, low, piece.to);
      return { notional, endsUnknown: false };
    }
    low = piece.to;
    if (low === Infinity) return { notional: Infinity, endsUnknown: false };
  }
  return { notional: low, endsUnknown: true };
}

/**
 * How much more margin an account has than the trigger of a liquidation asks for: equity − threshold × (maintenance margin + fees). Under
 * RuleMargin it is cash plus a part of each position that depends on the price of that one alone, so that thresholds of price can be
 * computed instead of searched: with N = |value at the mark|, a part is ±N − threshold × (rate × N − amount + growth × N² + fee × N) on each stretch of
 * notional between two tiers.
 *
 * Exact but for rounding. What decides is `liquidationTest`; slack below 0 is the same to within the rounding of doubles.
 */
export class MarginSlack {
  readonly margin: RuleMargin;
  readonly #terms: TriggerTerms;
  readonly #threshold: number;
  /** By instrument: pieces of those whose size is the notional. */
  readonly #pieces: (MarginPieces | undefined)[];

  /** Throws ConfigError, when a position is looked at, where its schedule or a fee that is needed is not known; for a stretch of an option, which has none. */
  constructor(options: TriggerTerms & { readonly margin: RuleMargin }) {
    this.margin = options.margin;
    this.#terms = options;
    this.#threshold = thresholdOf(options);
    this.#pieces = options.margin.ledger.instruments.map(() => undefined);
  }

  /** Units, not rounded; 0 or more where the account is safe. Throws where a mark is missing. */
  slack(account: AccountId, marks: Marks): number {
    const { ledger } = this.margin;
    let sum = ledger.cash(account);
    for (const { instrument, lots } of ledger.positions(account)) {
      sum += this.part(instrument, lots, marks.ticks(instrument));
    }
    return sum;
  }

  /** What signed lots contribute to slack at a price in ticks, units. */
  part(instrument: number, lots: number, price: number): number {
    const { margin } = this;
    const value = margin.ledger.valueUnits(instrument, lots, price);
    const needed =
      margin.maintenanceOf(instrument, lots, price) +
      Math.abs(value) * feeRateOf(this.#terms, margin.ledger, instrument);
    return margin.countedUnits(instrument, value) - this.#threshold * needed;
  }

  /**
   * The prices around `price` at which a position's part is at least a level: the whole stretch, or where `mostPieces` (default: no bound) is given one
   * that ends after so many tiers or steps.
   */
  stretch(
    { instrument, lots, price, level }: SlackLevel,
    mostPieces: number = Infinity,
  ): SlackStretch {
    const { ledger } = this.margin;
    const value = ledger.valueUnits(instrument, lots, price);
    const part = this.#partOf(instrument, lots, value);
    const notional = Math.abs(value);
    const { side } = part;
    const least = lowestNotional(part, notional, level);
    const most = highestNotional(part, { from: notional, level, mostPieces });
    const { endsUnknown } = most;
    const one = Math.abs(ledger.priceOf(instrument, lots, side * least));
    const other = Math.abs(ledger.priceOf(instrument, lots, side * most.notional));
    const isInverse = ledger.instruments[instrument]?.contract === "inverse";
    return isInverse
      ? { low: other, high: one, endsUnknown }
      : { low: one, high: other, endsUnknown };
  }

  /** Prices around `price`, within its tier alone, at which a position's part is at most a level, which it is at `price`. */
  shortStretch({ instrument, lots, price, level }: SlackLevel): { low: number; high: number } {
    const { ledger } = this.margin;
    const value = ledger.valueUnits(instrument, lots, price);
    const part = this.#partOf(instrument, lots, value);
    const notional = Math.abs(value);
    const index = part.pieces.indexOf(notional);
    const piece = part.pieces.at(index);
    if (piece === undefined) return { low: price, high: price };
    const polynomial = polynomialOf(part, piece);
    // On the very edge of a tier the schedule may take the next one.
    if (!(valueAt(polynomial, notional) <= level)) return { low: price, high: price };
    const priceAt = (end: number): number => {
      const size = shortUpTo(polynomial, level, notional, end);
      return Math.abs(ledger.priceOf(instrument, lots, part.side * size));
    };
    const one = priceAt(index === 0 ? 0 : (part.pieces.at(index - 1)?.to ?? 0));
    const other = priceAt(piece.to);
    return { low: Math.min(one, other), high: Math.max(one, other) };
  }

  #partOf(instrument: number, lots: number, value: number): Part {
    const { margin } = this;
    const { instrument: found, weight, capUnits } = margin.termsOf(instrument);
    const side = value < 0 ? -1 : 1;
    const isHeldSpot = found.kind === "spot" && side === 1;
    return {
      side,
      pieces: isHeldSpot ? cappedPieces(weight, capUnits) : this.#piecesOf(instrument, lots),
      weight: isHeldSpot ? weight : 1,
      threshold: isHeldSpot ? 1 : this.#threshold,
      feeRate: feeRateOf(this.#terms, margin.ledger, instrument),
    };
  }

  #piecesOf(instrument: number, lots: number): MarginPieces {
    const { margin } = this;
    const { instrument: found, size } = margin.termsOf(instrument);
    if (found.kind === "spot") return NO_MARGIN;
    if (found.kind === "option") {
      throw new ConfigError(`The margin of the option ${found.id} has no closed form in its mark`, {
        hints: ["Look for the prices of its underlying: bookLiquidationPrices."],
      });
    }
    const schedule = margin.scheduleOf(instrument);
    // A size that does not move with the mark has one rate at any mark.
    if (size !== "notional") {
      return flatPieces(maintenanceMargin(schedule, { size: Math.abs(lots) * size, notional: 1 }));
    }
    const { unitsPerOne } = margin.ledger.currency;
    return (this.#pieces[instrument] ??= marginPieces(schedule, unitsPerOne));
  }
}

const NO_MARGIN: MarginPieces = flatPieces(0);

/** Spot up to its cap counts in full, and beyond it for nothing: as if beyond it as much margin were needed as it is worth. */
function cappedPieces(weight: number, capUnits: number): MarginPieces {
  if (capUnits === Infinity) return NO_MARGIN;
  const pieces: readonly MarginPiece[] = [
    { to: capUnits, rate: 0, amount: 0, growth: 0 },
    { to: Infinity, rate: weight, amount: weight * capUnits, growth: 0 },
  ];
  return {
    at: (index) => pieces[index],
    indexOf: (notional) => (notional <= capUnits ? 0 : 1),
  };
}
