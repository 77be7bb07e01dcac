import {
  DataError,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  decimalToNumber,
  isoMicros,
} from "@aftershock/schema";
import { modelPremium } from "../market/chainDiagnostics.ts";
import type { CoinMarket } from "../market/marketFrame.ts";
import { median } from "../market/median.ts";
import { choosePut, type OfferedPut, type PutTerms } from "./choosePut.ts";
import type { CoinAccount, CostPart } from "./coinAccount.ts";
import type { HedgeContext, HedgePosition, HedgeTrade, PositionValue } from "./hedge.ts";
import { optionFeeCoin, type OptionFee } from "./optionFee.ts";
import { counted, inUsd, rounded } from "./wording.ts";

/** How puts are bought and kept. */
export interface PutPlan extends PutTerms {
  /** Share of the coins that is protected. */
  readonly coverage: number;
  /** Whether another put is bought when one has expired. */
  readonly roll: boolean;
  readonly fee: OptionFee;
}

/** A put that is held, and what was last known of it. */
interface HeldPut {
  readonly symbol: string;
  readonly strike: number;
  readonly expiry: number;
  /** Coins of underlying. */
  readonly size: number;
  /** Premium, coin. */
  price: number;
  priceKind: "mark" | "ask";
  stale: boolean;
  bid: number | undefined;
  model: number | undefined;
}

/** Long puts on one coin: bought at the recorded ask, valued at the recorded mark and bid, settled when they expire. */
export class PutPosition implements HedgePosition {
  readonly #plan: PutPlan;
  readonly #context: HedgeContext;
  #held: HeldPut | undefined;
  #bought = 0;
  #spreadUnrecorded = false;
  #valued = 0;
  #withoutBid = 0;
  #missing = 0;
  #withoutMark = 0;
  #rollsMissed = 0;
  readonly #modelErrors: number[] = [];
  readonly #remarks: string[] = [];

  constructor(plan: PutPlan, context: HedgeContext) {
    this.#plan = plan;
    this.#context = context;
  }

  step(market: CoinMarket, account: CoinAccount): readonly HedgeTrade[] {
    const trades: HedgeTrade[] = [];
    if (this.#held !== undefined && market.at >= this.#held.expiry) {
      trades.push(this.#settle(this.#held, market, account));
      this.#held = undefined;
    }
    if (this.#held === undefined && (this.#bought === 0 || this.#plan.roll)) {
      trades.push(...this.#buy(market, account));
    } else if (this.#held !== undefined) {
      this.#mark(this.#held, market);
    }
    return trades;
  }

  value(): readonly PositionValue[] {
    const held = this.#held;
    if (held === undefined) return [];
    return [
      {
        instrument: held.symbol,
        coin: this.#context.coin,
        size: held.size,
        sizeUnit: "coin",
        price: held.price,
        priceKind: held.priceKind,
        stale: held.stale,
        valueCoin: held.size * held.price,
        liquidationCoin: held.size * (held.bid ?? 0),
        bid: held.bid ?? null,
        modelPrice: held.model ?? null,
      },
    ];
  }

  unrecordedCosts(): readonly CostPart[] {
    return this.#spreadUnrecorded ? ["spread"] : [];
  }

  notes(): readonly string[] {
    const of = `of ${counted(this.#valued, "snapshot")}`;
    // A remark that holds for every purchase is made once.
    const notes = [...new Set(this.#remarks)];
    if (this.#withoutBid > 0) {
      notes.push(
        `In ${this.#withoutBid} ${of} nobody bid for the put: its liquidation value is 0 there.`,
      );
    }
    if (this.#missing > 0) {
      notes.push(
        `In ${this.#missing} ${of} the put is not in the recorded chain: its last mark is carried forward, and its liquidation value is 0.`,
      );
    }
    if (this.#withoutMark > 0) {
      notes.push(
        `In ${this.#withoutMark} ${of} the put has no recorded mark: its last one is carried forward.`,
      );
    }
    if (this.#rollsMissed > 0) {
      notes.push(`In ${counted(this.#rollsMissed, "snapshot")} no put was offered to roll into.`);
    }
    const error = median(this.#modelErrors);
    if (error !== undefined) {
      notes.push(
        `Its recorded mark differs from Black-76 at the recorded volatility by ${error.toExponential(1)} coin in the median.`,
      );
    }
    return notes;
  }

  #buy(market: CoinMarket, account: CoinAccount): readonly HedgeTrade[] {
    const { coin } = this.#context;
    const put = choosePut(market.chain, this.#plan);
    if (put === undefined && this.#bought > 0) {
      this.#rollsMissed += 1;
      return [];
    }
    if (put === undefined) {
      throw new DataError(
        `No put with an ask in the ${coin} chain of ${isoMicros(market.chain.at)}: the protective put cannot be bought`,
        { hints: ["Start the study at a snapshot in which puts are offered."] },
      );
    }
    const size = this.#sizeFor(market);
    if (size === 0) {
      throw new DataError(
        `${rounded(this.#plan.coverage * this.#context.coins, 8)} ${coin} is less than half a lot of ${decimalToNumber(market.chain.instrument.lot)}: no put can be bought on it`,
        { hints: ["Hold more, or leave the put out of the study."] },
      );
    }
    const feeCoin = optionFeeCoin(this.#plan.fee, size, put.ask);
    const paid = put.mark ?? put.ask;
    const book = { at: market.at, indexPrice: market.indexPrice };
    account.post({ ...book, part: "premium", amount: -size * paid });
    account.post({ ...book, part: "spread", amount: -size * (put.ask - paid) });
    account.post({ ...book, part: "fees", amount: -feeCoin });
    if (put.mark === undefined) this.#spreadUnrecorded = true;
    this.#bought += 1;
    const { symbol, strike, expiry } = put;
    const held: HeldPut = {
      symbol,
      strike,
      expiry,
      size,
      price: put.ask,
      priceKind: "ask",
      stale: false,
      bid: undefined,
      model: undefined,
    };
    this.#held = held;
    this.#mark(held, market);
    this.#remarkPurchase(put, size, market);
    return [
      {
        ...book,
        coin,
        instrument: symbol,
        side: "buy",
        reason: "open",
        size,
        sizeUnit: "coin",
        price: put.ask,
        priceKind: "ask",
        amountCoin: -size * put.ask,
        feeCoin,
      },
    ];
  }

  /** The coins to cover, in whole lots where the chain's lot is known and not only guessed from a recording. */
  #sizeFor(market: CoinMarket): number {
    const wanted = this.#plan.coverage * this.#context.coins;
    const { gridSource, lot } = market.chain.instrument;
    if (gridSource === "inferred") return wanted;
    const step = decimalToNumber(lot);
    const size = Math.round(wanted / step) * step;
    if (Math.abs(size - wanted) > 1e-9 * wanted) {
      this.#remarks.push(
        `${rounded(wanted, 8)} ${this.#context.coin} is not a whole number of lots of ${step}: puts on ${rounded(size, 8)} are bought.`,
      );
    }
    return size;
  }

  #settle(held: HeldPut, market: CoinMarket, account: CoinAccount): HedgeTrade {
    const { indexPrice, at } = market;
    const intrinsic = Math.max(held.strike - indexPrice, 0) / indexPrice;
    const amountCoin = held.size * intrinsic;
    account.post({ at, indexPrice, part: "payoff", amount: amountCoin });
    const hoursLate = (at - held.expiry) / MICROS_PER_HOUR;
    this.#remarks.push(
      `${held.symbol} expired and is settled on the index of the first snapshot after it, ${rounded(hoursLate, 1)} h late: ${inUsd(amountCoin * indexPrice)}.`,
    );
    return {
      at,
      indexPrice,
      coin: this.#context.coin,
      instrument: held.symbol,
      side: "settle",
      reason: "expiry",
      size: held.size,
      sizeUnit: "coin",
      price: intrinsic,
      priceKind: "intrinsic",
      amountCoin,
      feeCoin: 0,
    };
  }

  #mark(held: HeldPut, market: CoinMarket): void {
    this.#valued += 1;
    const quote = market.chain.quotes.get(held.symbol);
    held.bid = quote?.bid;
    held.stale = quote?.mark === undefined;
    held.model = quote === undefined ? undefined : modelPremium(quote, market.chain.at);
    if (quote === undefined) this.#missing += 1;
    else if (quote.bid === undefined) this.#withoutBid += 1;
    if (quote?.mark === undefined) {
      if (quote !== undefined) this.#withoutMark += 1;
      return;
    }
    held.price = quote.mark;
    held.priceKind = "mark";
    if (held.model !== undefined) this.#modelErrors.push(Math.abs(held.model - quote.mark));
  }

  #remarkPurchase(put: OfferedPut, size: number, market: CoinMarket): void {
    const days = (put.expiry - market.at) / MICROS_PER_DAY;
    const underlying = put.underlyingPrice ?? market.indexPrice;
    this.#remarks.push(
      `Bought ${put.symbol} on ${rounded(size, 8)} ${market.coin} at ${isoMicros(market.at)}: ${rounded(days, 1)} days to expiry, ` +
        `strike ${rounded(put.strike / underlying, 4)} of its underlying, at the ask of ${rounded(put.ask, 8)} coin ` +
        `(${inUsd(size * put.ask * market.indexPrice)} in all).`,
    );
    if (put.askSize === undefined) {
      this.#remarks.push(
        "The size at the ask is not recorded: the whole quantity is taken to fill there.",
      );
    } else if (put.askSize < size) {
      this.#remarks.push(
        `Only ${rounded(put.askSize, 8)} ${market.coin} were offered at that ask: the rest is taken to fill there too, which flatters the hedge.`,
      );
    }
  }
}
