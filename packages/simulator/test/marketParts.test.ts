import { Currency, Ledger, type RuleSet } from "@aftershock/cascade";
import { BUY, ConfigError, type Instrument, SELL } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { marketWith, type NewsConfig } from "../src/config/marketConfig.ts";
import { CALM_MARKET, PRESETS } from "../src/config/presets.ts";
import { CounterRandom } from "../src/counterRandom.ts";
import { PEGGED_PERPETUAL, SIMULATED_PERPETUAL, SIMULATED_SPOT } from "../src/instruments.ts";
import { Exchange } from "../src/market/exchange.ts";
import { payFunding } from "../src/market/funding.ts";
import { LiquidationLevels } from "../src/market/liquidationLevels.ts";
import { drawPopulation, triggerRatio } from "../src/market/population.ts";
import { PriceOracle } from "../src/market/priceOracle.ts";
import { ValuePath } from "../src/market/valuePath.ts";
import { Volatility } from "../src/market/volatility.ts";
import { Connection } from "../src/recording/connection.ts";

const NEWS: NewsConfig = {
  minute: 20,
  minutes: 6,
  headlines: 7,
  headlineSeconds: 12,
  dropFrom: 0.06,
  dropTo: 0.07,
  volatilityFactor: 10,
  doubtFadeMinutes: 12,
};

describe("the value path", () => {
  const options = { seed: 3, warmUpSteps: 1_200, startUsd: 64_000 };

  test("has no news before their minute, all of them when they are over, and later for who lags", () => {
    const path = new ValuePath({ annualVolatility: 0.5, news: [NEWS] }, options);
    const [news] = path.news;
    expect(news?.from).toBe(1_200 + 20 * 600);
    for (let step = 0; step <= news!.from; step += 1) path.advance(step);
    expect(Math.abs(path.logNews(0))).toBe(0);
    for (let step = news!.from + 1; step <= news!.to + 200; step += 1) path.advance(step);
    expect(path.logNews(0)).toBeCloseTo(Math.log(1 - news!.drop), 12);
    expect(Math.abs(path.logNews(200 + news!.to - news!.from))).toBe(0);
    expect(path.logNews(1_000)).toBeGreaterThan(path.logNews(0));
    expect(news!.drop).toBeGreaterThan(NEWS.dropFrom);
    expect(news!.drop).toBeLessThan(NEWS.dropTo);
  });

  test("walks as widely as it is told to in calm", () => {
    const path = new ValuePath({ annualVolatility: 0.5, news: [] }, options);
    const steps = 40_000;
    let [last, squares] = [path.logOrdinary, 0];
    for (let step = 0; step < steps; step += 1) {
      path.advance(step);
      squares += (path.logOrdinary - last) ** 2;
      last = path.logOrdinary;
    }
    const annual = Math.sqrt((squares / steps) * 365 * 86_400 * 10);
    expect(annual / 0.5).toBeCloseTo(1, 1);
  });

  test("has the same ordinary moves whatever the news are", () => {
    const path = new ValuePath({ annualVolatility: 0.5, news: [] }, options);
    const calm = { ...NEWS, volatilityFactor: 1 };
    const other = new ValuePath({ annualVolatility: 0.5, news: [calm] }, options);
    for (let step = 0; step < 16_000; step += 1) {
      path.advance(step);
      other.advance(step);
    }
    expect(other.logOrdinary).toBe(path.logOrdinary);
    expect(other.logNews(0)).toBeLessThan(path.logNews(0));
  });
});

describe("volatility", () => {
  test("settles at the size of one-second moves", () => {
    const volatility = new Volatility({ halfLifeSeconds: 5, startAnnual: 0.4 });
    for (let second = 0; second < 500; second += 1) volatility.update(second % 2 ? 5e-4 : -5e-4);
    expect(volatility.bps).toBeCloseTo(5, 6);
    expect(volatility.annual).toBeCloseTo(5e-4 * Math.sqrt(365 * 86_400), 6);
  });
});

describe("the connection", () => {
  test("delivers in order, 1 to 8 ms late", () => {
    const connection = new Connection(new CounterRandom(1, "latency"));
    let last = 0;
    for (let step = 0; step < 10_000; step += 1) {
      const received = connection.receive(step * 100, step);
      expect(received).toBeGreaterThanOrEqual(last);
      expect(received - step * 100).toBeGreaterThanOrEqual(1_000);
      expect(received - step * 100).toBeLessThanOrEqual(8_000);
      expect(Number.isInteger(received)).toBe(true);
      last = received;
    }
  });
});

describe("the trigger of a position", () => {
  test.each([SIMULATED_PERPETUAL, PEGGED_PERPETUAL])(
    "is where equity meets maintenance margin, on $id",
    (instrument) => {
      fc.assert(
        fc.property(
          fc.constantFrom(BUY, SELL),
          fc.double({ min: 2, max: 50, noNaN: true }),
          fc.double({ min: 0.001, max: 0.015, noNaN: true }),
          (side, leverage, maintenance) => {
            const isInverse = instrument.contract === "inverse";
            const ratio = triggerRatio({ side, leverage, maintenance, isInverse });
            const ledger = new Ledger({
              currency: new Currency(instrument.settle),
              instruments: [instrument],
            });
            const [lots, entry] = [100_000, 100_000];
            const gain =
              ledger.valueUnits(0, side * lots, entry * ratio) -
              ledger.valueUnits(0, side * lots, entry);
            const deposit = Math.abs(ledger.valueUnits(0, lots, entry)) / leverage;
            const needed = Math.abs(ledger.valueUnits(0, lots, entry * ratio)) * maintenance;
            expect((deposit + gain) / needed).toBeCloseTo(1, 6);
          },
        ),
      );
    },
  );

  test("is never met by a short without leverage on an inverse contract, nor by a long without leverage on a linear one", () => {
    const terms = { leverage: 1, maintenance: 0.01 };
    expect(triggerRatio({ ...terms, side: SELL, isInverse: true })).toBe(Infinity);
    expect(triggerRatio({ ...terms, side: BUY, isInverse: false })).toBe(0);
  });
});

describe("the population", () => {
  const market = {
    seed: 1,
    ledger: new Ledger({ currency: new Currency("BTC"), instruments: [SIMULATED_PERPETUAL] }),
    instrument: 0,
    startUsd: 64_000,
    tickUsd: 0.5,
    lotUsd: 10,
    maintenance: 0.01,
  };

  test("has the accounts that a smaller one has, and more", () => {
    const accounts = drawPopulation({ ...CALM_MARKET.accounts, count: 50 }, market);
    expect(drawPopulation({ ...CALM_MARKET.accounts, count: 20 }, market)).toEqual(
      accounts.slice(0, 20),
    );
  });

  test("has sides, leverages and stops in about the shares that it is told", () => {
    const { longShare, stopShare, leverages } = CALM_MARKET.accounts;
    const accounts = drawPopulation({ ...CALM_MARKET.accounts, leastDistance: -10 }, market);
    const shareOf = (isMeant: (account: (typeof accounts)[number]) => boolean): number =>
      accounts.filter(isMeant).length / accounts.length;
    expect(Math.abs(shareOf(({ side }) => side === BUY) - longShare)).toBeLessThan(0.03);
    expect(Math.abs(shareOf(({ stopPrice }) => stopPrice !== undefined) - stopShare)).toBeLessThan(
      0.03,
    );
    const total = leverages.reduce((sum, { weight }) => sum + weight, 0);
    for (const { leverage, weight } of leverages) {
      expect(Math.abs(shareOf((one) => one.leverage === leverage) - weight / total)).toBeLessThan(
        0.03,
      );
    }
  });

  test("has stops between entry and liquidation, on the side of the loss", () => {
    for (const { side, stopPrice, entryPrice, leverage } of drawPopulation(
      CALM_MARKET.accounts,
      market,
    )) {
      if (stopPrice === undefined) continue;
      const trigger =
        entryPrice * triggerRatio({ side, leverage, maintenance: 0.01, isInverse: true });
      expect((entryPrice - stopPrice) * side).toBeGreaterThanOrEqual(0);
      expect((stopPrice - trigger) * side).toBeGreaterThan(-1);
    }
  });
});

describe("visible levels", () => {
  const levels = (isHidden: boolean): LiquidationLevels => {
    const made = new LiquidationLevels({ isHidden, markUsd: () => 100, notionalUsd: (id) => id });
    made.set([
      { account: 1, side: 1, usd: 99.5 },
      { account: 2, side: 1, usd: 98 },
      { account: 4, side: 1, usd: 101 },
      { account: 8, side: -1, usd: 100.5 },
      { account: 16, side: -1, usd: 103 },
    ]);
    return made;
  };

  test("are those ahead of the price, up to a distance", () => {
    expect(levels(false).notionalAhead(SELL, 0.01)).toBe(1);
    expect(levels(false).notionalAhead(SELL, 0.05)).toBe(3);
    expect(levels(false).notionalAhead(BUY, 0.01)).toBe(8);
    expect(levels(false).notionalAhead(BUY, 0.05)).toBe(24);
  });

  test("are nothing where they are hidden", () => {
    expect(levels(true).notionalAhead(SELL, 1)).toBe(0);
  });
});

/** An exchange whose mid can be set. */
function quoted(instrument: Instrument): { exchange: Exchange; quote: (usd: number) => void } {
  const ledger = new Ledger({
    currency: new Currency(instrument.settle),
    instruments: [instrument],
  });
  const account = ledger.open("maker");
  const exchange = new Exchange({
    instrument,
    ledger,
    feeAccount: ledger.open("fees"),
    fees: { tiers: [{ name: "all", makerRate: 0, takerRate: 0 }] },
    startUsd: 64_000,
    startAnnual: 0.5,
    watchLevels: false,
  });
  let resting: number[] = [];
  const quote = (usd: number): void => {
    for (const id of resting) exchange.cancel(id);
    const mid = Math.round(usd / exchange.tickUsd);
    resting = [
      exchange.place(account, BUY, mid - 1, 10),
      exchange.place(account, SELL, mid + 1, 10),
    ];
    exchange.begin();
    exchange.end();
  };
  quote(64_000);
  return { exchange, quote };
}

describe("index, mark and funding", () => {
  const { rules } = PRESETS["crash-hour"];
  const HOUR = 3_600e6;
  const made = (
    change: Partial<RuleSet> = {},
  ): {
    oracle: PriceOracle;
    perpetual: ReturnType<typeof quoted>;
    spot: ReturnType<typeof quoted>;
  } => {
    const [perpetual, spot] = [quoted(SIMULATED_PERPETUAL), quoted(SIMULATED_SPOT)];
    const oracle = new PriceOracle({
      rules: { ...rules, ...change },
      perpetual: perpetual.exchange,
      spot: spot.exchange,
      startUsd: 64_000,
      from: 0,
    });
    return { oracle, perpetual, spot };
  };

  test("the index is the mid of spot, and the mark follows the perpetual with its average", () => {
    const { oracle, perpetual, spot } = made();
    oracle.update(100_000);
    spot.quote(63_000);
    perpetual.quote(62_000);
    oracle.update(200_000);
    expect(oracle.index).toBe(63_000);
    expect(oracle.mark).toBeGreaterThan(62_800);
    for (let step = 3; step < 4_000; step += 1) oracle.update(step * 100_000);
    expect(oracle.mark).toBeCloseTo(62_000, 0);
  });

  test("funding is the averaged premium and its pull to interest, due every eight hours", () => {
    const { oracle, perpetual } = made();
    expect(oracle.nextFunding).toBe(8 * HOUR);
    perpetual.quote(64_128);
    let paid: number | undefined;
    for (let minute = 0; minute <= 480; minute += 1) {
      paid = oracle.update(minute * 60e6);
      expect(paid === undefined).toBe(minute < 480);
    }
    // P + clamp(I − P, ±0.05 %) with P = 0.2 % and I = 0.01 %.
    expect(paid).toBeCloseTo(0.002 - 0.0005, 10);
    expect(oracle.nextFunding).toBe(16 * HOUR);
  });

  test("funding is never more than its cap", () => {
    const { oracle, perpetual } = made();
    perpetual.quote(50_000);
    for (let minute = 0; minute < 5; minute += 1) oracle.update(minute * 60e6);
    expect(oracle.fundingRate).toBe(-0.005);
  });

  test("a mark that looks at other venues' perpetuals is refused", () => {
    const mark = {
      kind: "medianWithVenues",
      emaSeconds: 150,
      thirdEmaSeconds: 30,
      venues: [],
    } as const;
    expect(() => made({ mark })).toThrow(ConfigError);
  });
});

describe("a payment of funding", () => {
  test("is exchanged without making money", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 20 }),
        fc.double({ min: -0.005, max: 0.005, noNaN: true }),
        fc.double({ min: 1_000, max: 1e6, noNaN: true }),
        (sizes, rate, markTicks) => {
          const ledger = new Ledger({
            currency: new Currency("BTC"),
            instruments: [SIMULATED_PERPETUAL],
          });
          const fees = ledger.open("fees");
          const short = ledger.open("short");
          const longs = sizes.map((lots) => {
            const buyer = ledger.open();
            ledger.deposit(buyer, 1_000_000);
            ledger.exchange({ buyer, seller: short, instrument: 0, lots, price: 128_000 });
            return buyer;
          });
          const before = longs.map((account) => ledger.cash(account));
          const paid = payFunding(ledger, 0, { rate, markTicks, feeAccount: fees });
          ledger.check();
          const taken = longs.reduce(
            (sum, account, i) => sum + before[i]! - ledger.cash(account),
            0,
          );
          expect(taken).toBe(paid);
          expect(Math.abs(ledger.cash(fees))).toBeLessThanOrEqual(sizes.length + 1);
        },
      ),
    );
  });
});

describe("a changed market", () => {
  test("keeps what is not changed", () => {
    const market = marketWith({ startUsd: 30_000, makers: { count: 3 } }, CALM_MARKET);
    expect(market.startUsd).toBe(30_000);
    expect(market.makers).toEqual({ ...CALM_MARKET.makers, count: 3 });
    expect(market.accounts).toEqual(CALM_MARKET.accounts);
  });
});
