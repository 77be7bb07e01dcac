import { ConfigError, decimalToNumber, type Instrument } from "@aftershock/schema";
import type { AccountId, Ledger, Position } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import type { MarginModel } from "./marginModel.ts";
import type { OptionBoard } from "./optionBoard.ts";
import { positionCharges, type PositionDelta } from "./portfolioCharges.ts";
import { type ScenarioGrid, shockedVolatility } from "./scenarioGrid.ts";

/** A move of price and volatility. */
export interface Scenario {
  /** Share of the price, above −1. */
  readonly move: number;
  readonly volatility: 1 | 0 | -1;
  /** Whether it is of the extended table. */
  readonly isFar: boolean;
}

/** What an account's positions on one coin need. Amounts in units, 0 or more. */
export interface PortfolioRisk {
  readonly base: string;
  /** The worst loss of all scenarios, as it counts. */
  readonly worstLoss: number;
  /** Where it is; undefined where no scenario loses. */
  readonly worst: Scenario | undefined;
  /** What is added for rolling, concentration and contingencies. */
  readonly charges: number;
  readonly initial: number;
  readonly maintenance: number;
}

/** What a portfolio margin model is made of. */
export interface PortfolioMarginOptions {
  readonly ledger: Ledger;
  /** The options of the ledger; may change between calls. */
  readonly board: OptionBoard;
  /** The grid of each coin, by its name as instruments have it in `base`. */
  readonly grids: Readonly<Record<string, ScenarioGrid>>;
}

const DIRECTIONS = [1, 0, -1] as const;
const DAYS_PER_YEAR = 365;

function checkGrid(base: string, { priceRange, priceBuckets, extended }: ScenarioGrid): void {
  const isGood =
    priceRange > 0 && priceRange < 1 && Number.isSafeInteger(priceBuckets) && priceBuckets > 0;
  if (isGood && (extended?.moves ?? []).every((move) => move > -1 && move !== 0)) return;
  throw new ConfigError(
    `The grid of ${base} moves prices by ${priceRange} in ${priceBuckets} steps, and far by ${extended?.moves.join(", ") ?? "nothing"}`,
    {
      hints: [
        "The range is between 0 and 1, the steps a whole number above 0, a far move above −1 and not 0.",
      ],
    },
  );
}

function scenariosOf({ priceRange, priceBuckets, extended }: ScenarioGrid): readonly Scenario[] {
  const near = Array.from({ length: 2 * priceBuckets + 1 }, (_, i) => i - priceBuckets).flatMap(
    (bucket) =>
      DIRECTIONS.map((volatility) => ({
        move: (priceRange * bucket) / priceBuckets,
        volatility,
        isFar: false,
      })),
  );
  const far = (extended?.moves ?? []).map((move): Scenario => ({
    move,
    volatility: 1,
    isFar: true,
  }));
  return [...near, ...far];
}

/**
 * Margin of all positions on a coin together, by the worst loss over scenarios of price × volatility: what Deribit calls portfolio margin. Options are valued
 * anew in each scenario, so that gamma and vega count; a fall of the price with a rise of volatility squeezes a book of short puts twice, for its equity falls
 * with the marks and the worst loss grows from where the market now stands. Coins are margined apart and summed; equity is cash + all values at their marks.
 *
 * A loss is in the currency of settlement at the scenario's price, as the contracts pay: of inverse ones a fall costs more coin than a rise gains. Far moves
 * (of the extended table) count × factor × range / |move|, in coin at the price at the end of the range, less the dampener. To the worst loss of each coin come its
 * charges (see `positionCharges`).
 *
 * Assumes that all expiries move together, at volatilities that move by their days to expiry alone; that time stands still in a scenario; that values are Black-76;
 * no offset between coins, no margin for open orders. Wrong where the term structure twists or a smile steepens, as in every crash; and the venue's own
 * parameters are known for few days and coins. Spot is no part of it: ConfigError.
 */
export class PortfolioMargin implements MarginModel {
  readonly ledger: Ledger;
  readonly #board: OptionBoard;
  readonly #grids: PortfolioMarginOptions["grids"];
  readonly #scenarios: ReadonlyMap<string, readonly Scenario[]>;
  /** Profit by scenario, units; written anew for each coin. */
  readonly #profits: Float64Array;
  readonly #deltas: PositionDelta[] = [];

  /** Throws ConfigError for a board of another ledger, or a grid that cannot be. */
  constructor({ ledger, board, grids }: PortfolioMarginOptions) {
    if (board.ledger !== ledger) {
      throw new ConfigError("The board's options are of another ledger", {
        hints: ["Make the board of the ledger whose accounts are margined."],
      });
    }
    for (const [base, grid] of Object.entries(grids)) checkGrid(base, grid);
    this.ledger = ledger;
    this.#board = board;
    this.#grids = grids;
    this.#scenarios = new Map(
      Object.entries(grids).map(([base, grid]) => [base, scenariosOf(grid)]),
    );
    const most = Math.max(0, ...[...this.#scenarios.values()].map(({ length }) => length));
    this.#profits = new Float64Array(most);
  }

  equity(account: AccountId, marks: Marks): number {
    let equity = this.ledger.cash(account);
    for (const { instrument, lots } of this.ledger.positions(account)) {
      equity += this.ledger.valueUnits(instrument, lots, marks.ticks(instrument));
    }
    return equity;
  }

  maintenance(account: AccountId, marks: Marks): number {
    return this.risks(account, marks).reduce((sum, { maintenance }) => sum + maintenance, 0);
  }

  initial(account: AccountId, marks: Marks): number {
    return this.risks(account, marks).reduce((sum, { initial }) => sum + initial, 0);
  }

  /** What an account needs for each coin that it has positions on, in the order of the grids. Throws ConfigError where a coin has no grid, or an option no state. */
  risks(account: AccountId, marks: Marks): readonly PortfolioRisk[] {
    const positions = this.ledger.positions(account);
    for (const { instrument } of positions) this.#checkCovered(instrument);
    return Object.keys(this.#grids).flatMap((base) => {
      const held = positions.filter(({ instrument }) => this.#baseOf(instrument) === base);
      return held.length === 0 ? [] : [this.#risk(base, held, marks)];
    });
  }

  #risk(base: string, held: readonly Position[], marks: Marks): PortfolioRisk {
    const grid = this.#grid(base);
    const scenarios = this.#scenarios.get(base) ?? [];
    const profits = this.#profits.fill(0);
    this.#deltas.length = 0;
    for (const { instrument, lots } of held) {
      this.#addProfits({ instrument, lots, marks, grid, scenarios });
      this.#deltas.push(this.#deltaOf(instrument, lots, marks));
    }
    const first = held[0]?.instrument ?? 0;
    let worstLoss = 0;
    let worst: Scenario | undefined;
    for (const [i, scenario] of scenarios.entries()) {
      const loss = -this.#counted(profits[i] ?? 0, { scenario, grid, instrument: first });
      if (loss <= worstLoss) continue;
      worstLoss = loss;
      worst = scenario;
    }
    const index = this.#board.index(base);
    const coins = positionCharges(grid, this.#deltas, index);
    const charges =
      coins * (this.#isCoinSettled(first) ? 1 : index) * this.ledger.currency.unitsPerOne;
    const total = worstLoss + charges;
    return {
      base,
      worstLoss,
      worst,
      charges,
      initial: grid.initialFactor * total,
      maintenance: grid.maintenanceFactor * total,
    };
  }

  /** Adds what a position gains or loses in each scenario. */
  #addProfits(options: {
    readonly instrument: number;
    readonly lots: number;
    readonly marks: Marks;
    readonly grid: ScenarioGrid;
    readonly scenarios: readonly Scenario[];
  }): void {
    const { instrument, lots, marks, grid, scenarios } = options;
    const { ledger } = this;
    const profits = this.#profits;
    if (!this.#isOption(instrument)) {
      const mark = marks.ticks(instrument);
      const now = ledger.valueUnits(instrument, lots, mark);
      for (const [i, { move }] of scenarios.entries()) {
        const then = ledger.valueUnits(instrument, lots, mark * (1 + move));
        profits[i] = (profits[i] ?? 0) + then - now;
      }
      return;
    }
    const board = this.#board;
    const { forward, iv, expiry } = board.option(instrument);
    const days = board.yearsTo(expiry) * DAYS_PER_YEAR;
    const valueOf = (premium: number): number =>
      ledger.valueUnits(instrument, lots, ledger.ticksOf(instrument, premium));
    const now = valueOf(board.premium(instrument));
    for (const [i, { move, volatility: direction }] of scenarios.entries()) {
      const shock = {
        forward: forward * (1 + move),
        iv: shockedVolatility(grid.volatility, { iv, days, direction }),
      };
      profits[i] = (profits[i] ?? 0) + valueOf(board.premium(instrument, shock)) - now;
    }
  }

  /** What a profit counts for: of the extended table only a part, less the dampener. */
  #counted(
    profit: number,
    of: { readonly scenario: Scenario; readonly grid: ScenarioGrid; readonly instrument: number },
  ): number {
    const { scenario, grid, instrument } = of;
    const { extended, priceRange } = grid;
    if (!scenario.isFar || extended === undefined || profit >= 0) return profit;
    const { move } = scenario;
    const edge = 1 + Math.sign(move) * priceRange;
    const isCoin = this.#isCoinSettled(instrument);
    const inCoinAtEdge = isCoin ? (1 + move) / edge : 1;
    const share = (extended.factor * priceRange) / Math.abs(move);
    const ranges = Math.max(Math.abs(move) / priceRange, 1) - 1;
    const price = isCoin ? edge * this.#board.index(this.#baseOf(instrument)) : 1;
    const dampened = (ranges * extended.dampenerUsd * this.ledger.currency.unitsPerOne) / price;
    return Math.min(0, profit * share * inCoinAtEdge + dampened);
  }

  #deltaOf(instrument: number, lots: number, marks: Marks): PositionDelta {
    const { contract, id, lot, multiplier } = this.#instrument(instrument);
    const expiry = this.#board.expiryOf(instrument);
    const years = expiry === undefined ? undefined : this.#board.yearsTo(expiry);
    const coins = lots * decimalToNumber(lot) * multiplier;
    if (this.#isOption(instrument)) {
      const { strike } = this.#board.option(instrument);
      return { coins: coins * this.#board.delta(instrument), years, option: { strike, coins } };
    }
    if (contract === "quanto") {
      throw new ConfigError(`How many coins ${id} is worth is not known: it is quanto`, {
        hints: ["Margin quanto contracts by their schedule."],
      });
    }
    const { unitsPerOne } = this.ledger.currency;
    const value = this.ledger.valueUnits(instrument, lots, marks.ticks(instrument));
    return {
      coins: contract === "inverse" ? -value / unitsPerOne : coins,
      years,
      option: undefined,
    };
  }

  #checkCovered(instrument: number): void {
    const { id, kind, base } = this.#instrument(instrument);
    if (kind === "spot") {
      throw new ConfigError(`${id} is spot: portfolio margin is not known for it`, {
        hints: ["Keep coins in an account of their own, or give the account another model."],
      });
    }
    this.#grid(base);
  }

  #grid(base: string): ScenarioGrid {
    const grid = Object.hasOwn(this.#grids, base) ? this.#grids[base] : undefined;
    if (grid !== undefined) return grid;
    throw new ConfigError(`Portfolio margin of ${base} is not known`, {
      hints: ["Give its grid of scenarios, or leave out accounts that hold it."],
    });
  }

  #isOption(instrument: number): boolean {
    return this.#instrument(instrument).kind === "option";
  }

  #isCoinSettled(instrument: number): boolean {
    const { settle, base } = this.#instrument(instrument);
    return settle === base;
  }

  #baseOf(instrument: number): string {
    return this.#instrument(instrument).base;
  }

  #instrument(instrument: number): Instrument {
    const found = this.ledger.instruments[instrument];
    if (found !== undefined) return found;
    throw new ConfigError(`The ledger has no instrument number ${instrument}`);
  }
}
