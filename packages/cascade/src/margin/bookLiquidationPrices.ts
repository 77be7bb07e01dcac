import { decimalToNumber } from "@aftershock/schema";
import type { AccountId, Ledger } from "../account/ledger.ts";
import { Marks } from "../account/marks.ts";
import type { InstrumentMargin } from "./instrumentMargin.ts";
import { type LiquidationPrices, searchLiquidationPrices } from "./liquidationPrice.ts";
import { liquidationTest, type TriggerTerms } from "./liquidationTest.ts";
import { OptionBoard } from "./optionBoard.ts";
import { PortfolioMargin, type PortfolioMarginOptions } from "./portfolioMargin.ts";
import { RuleMargin } from "./ruleMargin.ts";

/** How a book is margined: by scenarios, with the grid of each coin, or position by position, with the margins of RuleMargin. */
export type BookMargin =
  | Pick<PortfolioMarginOptions, "grids">
  | { readonly margins: readonly InstrumentMargin[] };

/** What the liquidation prices of a book are asked of. */
export type BookLiquidationOptions = BookSearch & BookMargin;

/** Which book, and where prices are looked for. */
export interface BookSearch extends TriggerTerms {
  readonly ledger: Ledger;
  /** The options of the ledger, as they are now. */
  readonly board: OptionBoard;
  readonly account: AccountId;
  /** Marks of now, of all that the account holds but options, whose marks are their values on the board. */
  readonly marks: Marks;
  /** The coin whose price moves. */
  readonly base: string;
  /** As of PriceSearch. */
  readonly step?: number;
  readonly lowest?: number;
  readonly highest?: number;
}

/**
 * The index prices of a coin (USD) at which a book of options is liquidated, under portfolio margin or position by position, when the index, all forwards and all contracts on the coin move
 * by one factor, at the volatilities and the time of the board: set another time or other volatilities there and ask again, for the prices move with both. Looked for
 * by steps and halving (see `searchLiquidationPrices`); nothing that is handed in is changed.
 *
 * Assumes a parallel move at constant volatility by strike. In a fall volatility rises, so that a book of short options is liquidated sooner than this says.
 */
export function bookLiquidationPrices(options: BookLiquidationOptions): LiquidationPrices {
  const { ledger, board, marks, base, account } = options;
  const trial = new Marks(ledger);
  const moved = new OptionBoard({ ledger, now: board.now });
  const model =
    "grids" in options
      ? new PortfolioMargin({ ledger, board: moved, grids: options.grids })
      : new RuleMargin({ ledger, board: moved, margins: options.margins });
  const test = liquidationTest({ ...options, model });
  const index = board.index(base);
  // Marks of contracts are taken as they are now; those of options are valued at each price.
  const contracts = ledger.instruments.flatMap((instrument, number) =>
    instrument.kind === "option" || !marks.has(number)
      ? []
      : [
          {
            number,
            price: marks.ticks(number) * decimalToNumber(instrument.tick),
            isMoved: instrument.base === base,
          },
        ],
  );
  const isLiquidatable = (price: number): boolean => {
    const factor = price / index;
    for (const { number, price: now, isMoved } of contracts) {
      trial.set(number, isMoved ? now * factor : now);
    }
    moved.copyMoved(board, base, factor);
    moved.remark(trial);
    return test(account, trial);
  };
  return searchLiquidationPrices({ ...options, price: index, isLiquidatable });
}
