import type { AccountId, Ledger } from "../account/ledger.ts";

/**
 * What each side of a market has gained since the beginning, settle currency: cash and open positions at the mark, less the same at the beginning. They sum to 0 but for rounding, as what one
 * gains another pays. Longs and shorts are accounts that can be liquidated, by what they held at the beginning; the world is everybody else.
 */
export interface SideGains {
  readonly longs: number;
  readonly shorts: number;
  /** Insurance fund, and the vault where there is one. */
  readonly fund: number;
  /** The venue: fees, less the bad debt that nobody else bears. */
  readonly venue: number;
  readonly world: number;
}

/** Sides in the order in which they are told. */
export const MARKET_SIDES: readonly (keyof SideGains)[] = [
  "longs",
  "shorts",
  "fund",
  "venue",
  "world",
];

/** Accounts with a part to play; all others are longs or shorts. */
interface SideRoles {
  readonly fund: AccountId;
  readonly venue: AccountId;
  readonly vault?: AccountId;
  readonly world: AccountId;
  /** Of those that open a position later: the side is that of what they open. */
  readonly openings?: readonly { readonly account: AccountId; readonly lots: number }[];
}

/** Sums by side, in the order of MARKET_SIDES. */
type BySide = Float64Array;

const numberOf = (side: keyof SideGains): number => MARKET_SIDES.indexOf(side);

/** The number of the side of each account. */
function sidesOf({
  ledger,
  instrument,
  fund,
  venue,
  vault,
  world,
  openings = [],
}: SideRoles & { readonly ledger: Ledger; readonly instrument: number }): Uint8Array {
  const [longs, shorts] = [numberOf("longs"), numberOf("shorts")];
  const sides = new Uint8Array(ledger.accountCount);
  for (let account = 0; account < sides.length; account += 1) {
    sides[account] = ledger.lots(account, instrument) < 0 ? shorts : longs;
  }
  for (const { account, lots } of openings) {
    const isThere = account < sides.length;
    if (isThere && ledger.lots(account, instrument) === 0) {
      sides[account] = lots < 0 ? shorts : longs;
    }
  }
  sides[fund] = numberOf("fund");
  sides[venue] = numberOf("venue");
  sides[world] = numberOf("world");
  if (vault !== undefined) sides[vault] = numberOf("fund");
  return sides;
}

/** Who is on which side, and what each was worth at the beginning. */
export class SideBooks {
  readonly #ledger: Ledger;
  readonly #instrument: number;
  /** By account: the number of its side. */
  readonly #sides: Uint8Array;
  /** Units. */
  readonly #start: BySide;
  /** Ticks. */
  readonly #startMark: number;

  /** Takes the sides as of now, at a mark in ticks. `like`: of the same population, with the same in the fund. */
  constructor(
    population: SideRoles & { readonly ledger: Ledger; readonly instrument: number },
    mark: number,
    like?: SideBooks,
  ) {
    const { ledger, instrument } = population;
    this.#ledger = ledger;
    this.#instrument = instrument;
    this.#startMark = mark;
    const isAlike = like !== undefined && like.#startMark === mark;
    this.#sides = isAlike ? like.#sides : sidesOf(population);
    this.#start = isAlike ? like.#start : this.#worth(mark);
  }

  /** What each side has gained by now, at a mark in ticks. */
  gains(mark: number): SideGains {
    const now = this.#worth(mark);
    const { unitsPerOne } = this.#ledger.currency;
    const gained = (side: keyof SideGains): number => {
      const number = numberOf(side);
      return (now[number] ?? 0) / unitsPerOne - (this.#start[number] ?? 0) / unitsPerOne;
    };
    return {
      longs: gained("longs"),
      shorts: gained("shorts"),
      fund: gained("fund"),
      venue: gained("venue"),
      world: gained("world"),
    };
  }

  /** Cash and open positions at a mark, units. */
  #worth(mark: number): BySide {
    const ledger = this.#ledger;
    const sums = new Float64Array(MARKET_SIDES.length);
    for (let account = 0; account < this.#sides.length; account += 1) {
      const side = this.#sides[account] ?? 0;
      const lots = ledger.lots(account, this.#instrument);
      const held = lots === 0 ? 0 : ledger.valueUnits(this.#instrument, lots, mark);
      sums[side] = (sums[side] ?? 0) + (ledger.cash(account) + held);
    }
    return sums;
  }
}
