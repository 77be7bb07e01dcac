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

/** Sums by side, in the order of MARKET_SIDES, whole. */
interface SideSums {
  /** Units. */
  readonly cash: Float64Array;
  /** Signed. */
  readonly lots: Float64Array;
}

/** Who was on which side in the beginning, and held what. */
interface SideStart extends SideSums {
  /** By account: the number of its side. */
  readonly sides: Uint8Array;
  /** By account: units, and signed lots. */
  readonly cashOf: Float64Array;
  readonly lotsOf: Float64Array;
}

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

function startOf(
  population: SideRoles & { readonly ledger: Ledger; readonly instrument: number },
): SideStart {
  const { ledger, instrument } = population;
  const sides = sidesOf(population);
  const start: SideStart = {
    sides,
    cashOf: Float64Array.from(sides, (_, account) => ledger.cash(account)),
    lotsOf: Float64Array.from(sides, (_, account) => ledger.lots(account, instrument)),
    cash: new Float64Array(MARKET_SIDES.length),
    lots: new Float64Array(MARKET_SIDES.length),
  };
  for (const [account, side] of sides.entries()) {
    start.cash[side] = (start.cash[side] ?? 0) + (start.cashOf[account] ?? 0);
    start.lots[side] = (start.lots[side] ?? 0) + (start.lotsOf[account] ?? 0);
  }
  return start;
}

/**
 * Who was on which side in the beginning, and with what. Sums of cash and lots are whole, and so exact in any order (below 2^53 units a side; beyond, to a few units): of a copied ledger those accounts alone are looked at that have been written
 * to since.
 */
export class SideBooks {
  readonly #ledger: Ledger;
  readonly #instrument: number;
  readonly #start: SideStart;
  /** Ticks. */
  readonly #startMark: number;

  /** Takes the sides as of now, at a mark in ticks. `like`: of the same population, with the same in the fund. */
  constructor(
    population: SideRoles & { readonly ledger: Ledger; readonly instrument: number },
    mark: number,
    like?: SideBooks,
  ) {
    this.#ledger = population.ledger;
    this.#instrument = population.instrument;
    this.#startMark = mark;
    this.#start = like === undefined ? startOf(population) : like.#start;
  }

  /** What each side has gained by now, at a mark in ticks. */
  gains(mark: number): SideGains {
    const now = this.#sums();
    const { unitsPerOne } = this.#ledger.currency;
    const gained = (side: keyof SideGains): number =>
      this.#worth(now, side, mark) / unitsPerOne -
      this.#worth(this.#start, side, this.#startMark) / unitsPerOne;
    return {
      longs: gained("longs"),
      shorts: gained("shorts"),
      fund: gained("fund"),
      venue: gained("venue"),
      world: gained("world"),
    };
  }

  /** What each side holds. */
  #sums(): SideSums {
    const ledger = this.#ledger;
    const { sides, cashOf, lotsOf, cash: startCash, lots: startLots } = this.#start;
    const [cash, lots] = [startCash.slice(), startLots.slice()];
    for (const account of ledger.written ?? sides.keys()) {
      const side = sides[account];
      if (side === undefined) continue;
      cash[side] = (cash[side] ?? 0) + (ledger.cash(account) - (cashOf[account] ?? 0));
      lots[side] =
        (lots[side] ?? 0) + (ledger.lots(account, this.#instrument) - (lotsOf[account] ?? 0));
    }
    return { cash, lots };
  }

  /** Cash and open positions of a side at a mark, units. */
  #worth({ cash, lots }: SideSums, side: keyof SideGains, mark: number): number {
    const number = numberOf(side);
    const held = lots[number] ?? 0;
    const value = held === 0 ? 0 : this.#ledger.valueUnits(this.#instrument, held, mark);
    return (cash[number] ?? 0) + value;
  }
}
