import {
  ConfigError,
  DataError,
  MICROS_PER_SECOND,
  MICROS_PER_HOUR,
  decimalToNumber,
  instrumentId,
  isoMicros,
  type Instrument,
} from "@aftershock/schema";
import { FUNDING_INTERVAL_MICROS, type FundingAccrual } from "../market/funding.ts";
import type { CoinMarket } from "../market/marketFrame.ts";
import { fundingAt, type TickerPrice, type TickerState } from "../market/tickerState.ts";
import { chooseFuture } from "./chooseFuture.ts";
import { STALE_AFTER_MICROS } from "./staleAfter.ts";
import type { CoinAccount, CostPart } from "./coinAccount.ts";
import type { HedgeContext, HedgePosition, HedgeTrade, PositionValue } from "./hedge.ts";
import { ShortInverse } from "./shortInverse.ts";
import { counted, inUsd, rounded } from "./wording.ts";

/** How a short is kept against the coins. */
export interface DeltaNeutralPlan {
  readonly with: "perpetual" | "future";
  /** How far the net delta may go from 0, as a share of the coins' delta, before the short is traded back. */
  readonly band: number;
  readonly takerFeeBps: number;
  /** Days to expiry wanted of a future; absent: the first that outlives the study. */
  readonly tenorDays: number | undefined;
  /** Step of the contract's size, USD; absent: the instrument's. */
  readonly lotUsd: number | undefined;
}

/** The instrument that is sold short, and the step of its size. */
interface Contract {
  readonly instrument: Instrument;
  readonly lotUsd: number;
}

/** A short in an inverse perpetual or future against the coins of one account. */
export class DeltaNeutralPosition implements HedgePosition {
  readonly #plan: DeltaNeutralPlan;
  readonly #context: HedgeContext;
  readonly #short: ShortInverse = new ShortInverse();
  #contract: Contract | undefined;
  #price: TickerPrice | undefined;
  #stale = false;
  #accrual: FundingAccrual | undefined;
  #steppedAt: number | undefined;
  #heldMicros = 0;
  #fundingUnrecordedMicros = 0;
  /** USD that a funding rate of 1 bp per 8 h, held throughout, would have paid this short. */
  #usdPerBasisPoint = 0;
  #snapshots = 0;
  #staleSnapshots = 0;
  #atLastPrice = 0;
  #rebalances = 0;
  #farthestPriceMicros = 0;
  #pricesAhead = 0;

  constructor(plan: DeltaNeutralPlan, context: HedgeContext) {
    this.#plan = plan;
    this.#context = context;
  }

  step(market: CoinMarket, account: CoinAccount): readonly HedgeTrade[] {
    const opening = this.#contract === undefined;
    const contract = this.#contract ?? this.#open(market);
    this.#contract = contract;
    const ticker = market.tickers.get(contract.instrument.id);
    if (ticker?.price === undefined) {
      throw new Error(`Invariant: ${contract.instrument.id} has lost its price`);
    }
    const { price } = ticker;
    this.#notePrice(price, market.at);
    this.#settleFunding(ticker, market, account);
    // In coin terms: a fall of the price by a little costs the coins in the account (profit included) their USD value,
    // and earns the short its coins; the two cancel where the short stands for as many coins as the account is worth.
    const equityCoin = account.balance + this.#short.pnlCoin(price.usd);
    const net = equityCoin - this.#short.sizeUsd / price.usd;
    // Nobody trades at a price of long ago: without a new one the position stays as it is.
    if (this.#stale) return [];
    if (!opening && Math.abs(net) <= this.#plan.band * Math.abs(equityCoin)) return [];
    const target =
      Math.max(Math.round((equityCoin * price.usd) / contract.lotUsd), 0) * contract.lotUsd;
    return this.#tradeTo(target, { opening, contract, price, market, account });
  }

  value(): readonly PositionValue[] {
    const [contract, price] = [this.#contract, this.#price];
    if (contract === undefined || price === undefined) return [];
    const pnl = this.#short.pnlCoin(price.usd);
    return [
      {
        instrument: contract.instrument.id,
        coin: this.#context.coin,
        size: -this.#short.sizeUsd,
        sizeUnit: "usd",
        price: price.usd,
        priceKind: price.kind,
        stale: this.#stale,
        valueCoin: pnl,
        liquidationCoin: pnl,
        bid: null,
        modelPrice: null,
      },
    ];
  }

  unrecordedCosts(): readonly CostPart[] {
    return this.#fundingUnrecorded() ? ["spread", "funding"] : ["spread"];
  }

  partialCosts(): readonly CostPart[] {
    return this.#fundingUnrecordedMicros > 0 && !this.#fundingUnrecorded() ? ["funding"] : [];
  }

  notes(): readonly string[] {
    const id = this.#contract?.instrument.id ?? "";
    const of = `of ${counted(this.#snapshots, "snapshot")}`;
    const notes = [
      `Sold ${id} in steps of ${this.#contract?.lotUsd ?? 0} USD; rebalanced ${counted(this.#rebalances, "time")}. ` +
        "A short in an inverse contract pays in coin, so that one sold against the coins' full value stays neutral by itself: only fees, funding, the basis and rounding move it.",
      "Quotes of the contract are not recorded: it trades at its price without a spread, and its liquidation value is that at the price.",
    ];
    if (this.#atLastPrice > 0) {
      notes.push(
        `In ${this.#atLastPrice} ${of} no mark price is recorded: the last traded price stands in for it.`,
      );
    }
    if (this.#farthestPriceMicros > MICROS_PER_SECOND) {
      const ahead = this.#pricesAhead > 0 ? `, in ${this.#pricesAhead} ${of} after it` : "";
      notes.push(
        `The price is up to ${rounded(this.#farthestPriceMicros / MICROS_PER_SECOND, 0)} s from its snapshot by the venue's clock${ahead}: part of the P&L is that difference.`,
      );
    }
    if (this.#staleSnapshots > 0) {
      notes.push(
        `In ${this.#staleSnapshots} ${of} the contract has no new price: its last one is carried forward.`,
      );
    }
    if (this.#plan.with === "perpetual") notes.push(...this.#fundingNotes());
    return notes;
  }

  #open(market: CoinMarket): Contract {
    const { venue, coin } = this.#context;
    const perpetual = instrumentId(venue, `${coin}-PERPETUAL`);
    const ticker =
      this.#plan.with === "perpetual"
        ? market.tickers.get(perpetual)
        : chooseFuture(market, this.#context, this.#plan.tenorDays);
    if (ticker?.price === undefined || market.at - ticker.price.at > STALE_AFTER_MICROS) {
      const what =
        this.#plan.with === "perpetual" ? perpetual : `any ${coin} future that outlives the study`;
      throw new DataError(
        `No new price of ${what} at the first snapshot, ${isoMicros(market.at)}`,
        {
          hints: ["Ingest its tickers, or start the study later."],
        },
      );
    }
    const { instrument } = ticker;
    if (instrument.contract !== "inverse") {
      throw new ConfigError(
        `deltaNeutral sells inverse contracts, and ${instrument.id} is ${instrument.contract}`,
        { hints: ["Choose a venue whose perpetual is settled in the coin, such as deribit."] },
      );
    }
    const lotUsd = this.#plan.lotUsd ?? decimalToNumber(instrument.lot) * instrument.multiplier;
    return { instrument, lotUsd };
  }

  #notePrice(price: TickerPrice, at: number): void {
    this.#snapshots += 1;
    this.#price = price;
    this.#stale = at - price.at > STALE_AFTER_MICROS;
    if (this.#stale) this.#staleSnapshots += 1;
    if (price.kind === "last") this.#atLastPrice += 1;
    if (price.tsEvent === undefined || this.#stale) return;
    this.#farthestPriceMicros = Math.max(this.#farthestPriceMicros, Math.abs(price.tsEvent - at));
    if (price.tsEvent > at) this.#pricesAhead += 1;
  }

  #settleFunding(ticker: TickerState, market: CoinMarket, account: CoinAccount): void {
    if (this.#plan.with === "future") return;
    const { at, indexPrice } = market;
    const accrual = fundingAt(ticker, at);
    const before = this.#accrual ?? accrual;
    const size = this.#short.sizeUsd;
    const amount = size * (accrual.coinPerUsd - before.coinPerUsd);
    account.post({ at, indexPrice, part: "funding", amount });
    const elapsed = at - (this.#steppedAt ?? at);
    this.#heldMicros += elapsed;
    this.#fundingUnrecordedMicros += accrual.unrecordedMicros - before.unrecordedMicros;
    this.#usdPerBasisPoint += (size * 1e-4 * elapsed) / FUNDING_INTERVAL_MICROS;
    this.#accrual = accrual;
    this.#steppedAt = at;
  }

  #tradeTo(
    target: number,
    trade: {
      opening: boolean;
      contract: Contract;
      price: TickerPrice;
      market: CoinMarket;
      account: CoinAccount;
    },
  ): readonly HedgeTrade[] {
    const { opening, contract, price, market, account } = trade;
    const change = target - this.#short.sizeUsd;
    if (change === 0) return [];
    const size = Math.abs(change);
    const feeCoin = (size / price.usd) * (this.#plan.takerFeeBps / 10_000);
    let realised = 0;
    if (change > 0) this.#short.sell(size, price.usd);
    else realised = this.#short.buyBack(size, price.usd);
    const book = { at: market.at, indexPrice: market.indexPrice };
    account.post({ ...book, part: "payoff", amount: realised });
    account.post({ ...book, part: opening ? "fees" : "rebalancing", amount: -feeCoin });
    if (!opening) this.#rebalances += 1;
    return [
      {
        ...book,
        coin: market.coin,
        instrument: contract.instrument.id,
        side: change > 0 ? "sell" : "buy",
        reason: opening ? "open" : "rebalance",
        size,
        sizeUnit: "usd",
        price: price.usd,
        priceKind: price.kind,
        amountCoin: realised,
        feeCoin,
      },
    ];
  }

  /** True when no funding rate at all was recorded while the position was held. */
  #fundingUnrecorded(): boolean {
    return (
      this.#plan.with === "perpetual" &&
      this.#heldMicros > 0 &&
      this.#fundingUnrecordedMicros === this.#heldMicros
    );
  }

  #fundingNotes(): readonly string[] {
    if (this.#fundingUnrecordedMicros === 0) return [];
    const perBasisPoint = `A rate of 1 bp per 8 h throughout would have paid the short ${inUsd(this.#usdPerBasisPoint)}.`;
    if (this.#fundingUnrecorded()) {
      return [`Funding is not recorded and not in the P&L. ${perBasisPoint}`];
    }
    const hours = rounded(this.#fundingUnrecordedMicros / MICROS_PER_HOUR, 1);
    return [`Funding is not recorded for ${hours} h, for which the P&L has none. ${perBasisPoint}`];
  }
}
