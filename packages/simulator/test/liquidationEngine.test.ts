import { BUY, SELL } from "@aftershock/schema";
import { describe, expect, test } from "vitest";
import { triggerPrice } from "../src/agents/leveragedAccount.ts";
import { Ledger, coinValueSats } from "../src/market/ledger.ts";
import { LiquidationEngine, type MarginAccount } from "../src/market/liquidationEngine.ts";
import { DEFAULT_MARKET } from "../src/marketConfig.ts";

const MAINTENANCE = 0.01;
/** 40 lots a step of 100 ms. */
const RULES = { maintenance: MAINTENANCE, throttleUsdPerSecond: 4_000, fee: 0, insuranceBtc: 1 };

/** A ledger with longs of 100 lots at 50,000 USD, and the counterparty to whom they sell. */
function openLongs(leverages: readonly number[]): {
  ledger: Ledger;
  market: number;
  accounts: readonly MarginAccount[];
} {
  const ledger = new Ledger();
  const market = ledger.open();
  const entryPrice = 100_000;
  const accounts = leverages.map((leverage) => {
    const depositSats = Math.round(coinValueSats(100, entryPrice) / leverage);
    const account = ledger.open(depositSats);
    ledger.trade(account, market, 100, entryPrice);
    const terms = { side: BUY, entryUsd: 50_000, leverage, maintenance: MAINTENANCE };
    const triggerUsd = triggerPrice(terms);
    return { account, side: BUY, size: 100, entryPrice, leverage, depositSats, triggerUsd };
  });
  return { ledger, market, accounts };
}

/** Fills everything at one price, in ticks, and writes down what was sent. */
function fillAt(
  { ledger, market }: { ledger: Ledger; market: number },
  price: number,
  sent: number[] = [],
): (order: { account: number; side: number; size: number }) => number {
  return ({ account, side, size }) => {
    if (side === SELL) ledger.trade(market, account, size, price);
    else ledger.trade(account, market, size, price);
    sent.push(side * size);
    return size;
  };
}

describe("the trigger price", () => {
  test.each([
    { side: BUY, leverage: 10 },
    { side: BUY, leverage: 1 },
    { side: SELL, leverage: 25 },
    { side: SELL, leverage: 3 },
  ])("is where equity meets maintenance margin: side $side at $leverage×", (terms) => {
    const entryUsd = 64_000;
    const mark = triggerPrice({ ...terms, entryUsd, maintenance: MAINTENANCE });
    const deposit = 1 / entryUsd / terms.leverage;
    const equity = deposit + terms.side * (1 / entryUsd - 1 / mark);
    expect(equity).toBeCloseTo(MAINTENANCE / mark, 15);
  });

  test("is out of reach for a short without leverage", () => {
    const terms = { side: SELL, entryUsd: 64_000, leverage: 1, maintenance: MAINTENANCE };
    expect(triggerPrice(terms)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the liquidation engine", () => {
  test("sends no more than its throttle and carries on with the next account", () => {
    const books = openLongs([20, 10]);
    const engine = new LiquidationEngine(RULES, books.ledger, books.accounts);
    const sent: number[] = [];
    engine.trigger(40_000, 7);
    for (let step = 7; step < 13; step += 1) {
      engine.liquidate(step, 80_000, fillAt(books, 80_000, sent));
    }
    expect(sent).toEqual([-40, -40, -20, -20, -40, -40]);
    expect(books.accounts.map(({ triggeredAt, closedAt }) => [triggeredAt, closedAt])).toEqual([
      [7, 9],
      [7, 11],
    ]);
  });

  test("keeps a triggered account when the mark recovers, and leaves the others alone", () => {
    const books = openLongs([50, 5]);
    const engine = new LiquidationEngine(RULES, books.ledger, books.accounts);
    engine.trigger(49_000, 1);
    engine.trigger(60_000, 2);
    engine.liquidate(2, 120_000, fillAt(books, 120_000));
    expect(books.ledger.position(books.accounts[0]?.account ?? -1)).toBe(60);
    expect(books.accounts[1]?.triggeredAt).toBeUndefined();
  });

  test("waits when the book has run out", () => {
    const books = openLongs([50]);
    const engine = new LiquidationEngine(RULES, books.ledger, books.accounts);
    engine.trigger(40_000, 1);
    engine.liquidate(1, 80_000, () => 0);
    expect(books.accounts[0]?.closedAt).toBeUndefined();
    expect(books.ledger.position(books.accounts[0]?.account ?? -1)).toBe(100);
  });

  test("pays from the insurance fund what an account lacks, exactly", () => {
    const books = openLongs([10]);
    const rules = { ...RULES, throttleUsdPerSecond: 1_000_000 };
    const engine = new LiquidationEngine(rules, books.ledger, books.accounts);
    engine.trigger(40_000, 1);
    engine.liquidate(1, 80_000, fillAt(books, 80_000));
    // 1,000 USD: bought for 0.02 coin, sold for 0.025, with 0.002 put up: 0.003 are missing.
    expect(engine.shortfallSats).toBe(300_000);
    expect(engine.fundSats).toBe(100_000_000 - 300_000);
    expect(books.ledger.cash(books.accounts[0]?.account ?? -1)).toBe(0);
    expect(books.ledger.cashSum).toBe(books.ledger.depositedSats);
  });

  test("takes its fee from what is left, and never more than that", () => {
    const books = openLongs([10, 21]);
    const rules = { ...RULES, fee: 0.01, throttleUsdPerSecond: 1_000_000 };
    const engine = new LiquidationEngine(rules, books.ledger, books.accounts);
    engine.trigger(1, 1);
    // At 47,700 USD the first has 0.00103 of its 0.002 left, the second next to nothing.
    engine.liquidate(1, 95_400, fillAt(books, 95_400));
    const [first, second] = books.accounts.map(({ account }) => books.ledger.cash(account));
    const fees = engine.fundSats - 100_000_000 + engine.shortfallSats;
    expect(second).toBe(0);
    expect(first).toBeGreaterThan(0);
    expect(fees).toBeLessThan(2 * Math.round(0.01 * coinValueSats(100, 95_400)));
    expect(fees).toBeGreaterThanOrEqual(Math.round(0.01 * coinValueSats(100, 95_400)));
  });

  test("liquidates shorts by buying when the mark rises", () => {
    const ledger = new Ledger();
    const market = ledger.open();
    const account = ledger.open(20_000);
    ledger.trade(market, account, 100, 100_000);
    const short: MarginAccount = {
      account,
      side: SELL,
      size: 100,
      entryPrice: 100_000,
      leverage: 100,
      depositSats: 20_000,
      triggerUsd: 50_200,
    };
    const engine = new LiquidationEngine(DEFAULT_MARKET.liquidation, ledger, [short]);
    const sent: number[] = [];
    engine.trigger(50_199, 1);
    engine.liquidate(1, 100_400, fillAt({ ledger, market }, 100_400, sent));
    engine.trigger(50_200, 2);
    engine.liquidate(2, 100_400, fillAt({ ledger, market }, 100_400, sent));
    expect(sent).toEqual([100]);
  });
});
