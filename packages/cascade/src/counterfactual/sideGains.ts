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

/** Who is on which side, and what each was worth at the beginning. */
export class SideBooks {
  readonly #ledger: Ledger;
  readonly #instrument: number;
  readonly #sides: readonly (keyof SideGains)[];
  readonly #start: SideGains;

  /** Takes the sides as of now, at a mark in ticks. */
  constructor(
    population: SideRoles & { readonly ledger: Ledger; readonly instrument: number },
    mark: number,
  ) {
    const { ledger, instrument, fund, venue, vault, world } = population;
    const opened = new Map(
      (population.openings ?? []).map(({ account, lots }) => [account, lots] as const),
    );
    const special = new Map<AccountId, keyof SideGains>([
      [fund, "fund"],
      [venue, "venue"],
      [world, "world"],
      ...(vault === undefined ? [] : [[vault, "fund"] as const]),
    ]);
    this.#ledger = ledger;
    this.#instrument = instrument;
    this.#sides = Array.from(
      { length: ledger.accountCount },
      (_, account) =>
        special.get(account) ??
        ((ledger.lots(account, instrument) || (opened.get(account) ?? 0)) < 0 ? "shorts" : "longs"),
    );
    this.#start = this.#worth(mark);
  }

  /** What each side has gained by now, at a mark in ticks. */
  gains(mark: number): SideGains {
    const now = this.#worth(mark);
    const start = this.#start;
    return {
      longs: now.longs - start.longs,
      shorts: now.shorts - start.shorts,
      fund: now.fund - start.fund,
      venue: now.venue - start.venue,
      world: now.world - start.world,
    };
  }

  #worth(mark: number): SideGains {
    const ledger = this.#ledger;
    const sums = { longs: 0, shorts: 0, fund: 0, venue: 0, world: 0 };
    for (let account = 0; account < this.#sides.length; account += 1) {
      const side = this.#sides[account] ?? "longs";
      const lots = ledger.lots(account, this.#instrument);
      sums[side] +=
        ledger.cash(account) + (lots === 0 ? 0 : ledger.valueUnits(this.#instrument, lots, mark));
    }
    const { unitsPerOne } = ledger.currency;
    return {
      longs: sums.longs / unitsPerOne,
      shorts: sums.shorts / unitsPerOne,
      fund: sums.fund / unitsPerOne,
      venue: sums.venue / unitsPerOne,
      world: sums.world / unitsPerOne,
    };
  }
}
