import {
  decimal,
  type Instrument,
  micros,
  MICROS_PER_DAY,
  parseUtcInstant,
} from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  black76,
  black76Greeks,
  bookLiquidationPrices,
  Currency,
  Ledger,
  liquidationTest,
  Marks,
  olderGrid,
  OptionBoard,
  type OptionState,
  PortfolioMargin,
  positionCharges,
  type ScenarioGrid,
  scenarioGrid,
  shockedVolatility,
} from "../../src/index.ts";
import { at, valueOf } from "../shipped.ts";
import { inverse, linear } from "./market.ts";

const NOW = parseUtcInstant("2024-06-17T10:22:20Z")!;
const EXPIRY = parseUtcInstant("2024-06-28T08:00:00Z")!;
const GRID: ScenarioGrid = scenarioGrid(
  valueOf("deribit", { part: "portfolioMargin", symbol: "BTC-PERPETUAL", at: at("2024-08-05") }),
);
const FINE = { lot: decimal("0.0001") };
const PERPETUAL = inverse("BTC-PERPETUAL", FINE);
const FUTURE = inverse("BTC-28JUN24", { ...FINE, kind: "future" });
/** Of one coin each, premium in coin. */
const option = (symbol: string): Instrument =>
  linear(symbol, {
    kind: "option",
    quote: "BTC",
    settle: "BTC",
    tick: decimal("0.0001"),
    lot: decimal("0.1"),
  });
const PUT = option("BTC-28JUN24-60000-P");
const CALL = option("BTC-28JUN24-60000-C");

const INSTRUMENTS = [PERPETUAL, FUTURE, PUT, CALL];
const [PERP, FUT, P60, C60] = [0, 1, 2, 3];

interface Book {
  readonly coins: number;
  readonly lots: readonly number[];
  readonly forward?: number;
  readonly iv?: number;
  readonly grid?: ScenarioGrid;
}

/** An account with coins and positions that were opened at the marks, at an index and forwards of 65,000 USD. */
function book({ coins, lots, forward = 65_000, iv = 0.6, grid = GRID }: Book) {
  const ledger = new Ledger({ currency: new Currency("BTC"), instruments: INSTRUMENTS });
  const board = new OptionBoard({ ledger, now: NOW });
  const marks = new Marks(ledger);
  const put: OptionState = {
    instrument: P60,
    right: -1,
    strike: 60_000,
    expiry: EXPIRY,
    forward,
    iv,
  };
  const set = (price: number, volatility: number) => {
    board.setIndex("BTC", price);
    board.set({ ...put, forward: price, iv: volatility });
    board.set({ ...put, instrument: C60, right: 1, forward: price, iv: volatility });
    board.remark(marks);
    marks.set(PERP, price);
    marks.set(FUT, price);
  };
  board.setExpiry(FUT, EXPIRY);
  set(forward, iv);
  const [account, rest] = [ledger.open(), ledger.open()];
  ledger.deposit(account, ledger.currency.units(coins));
  lots.forEach((held, instrument) => {
    const [buyer, seller] = held > 0 ? [account, rest] : [rest, account];
    if (held === 0) return;
    const price = marks.ticks(instrument);
    ledger.exchange({ buyer, seller, instrument, lots: Math.abs(held), price });
  });
  const model = new PortfolioMargin({ ledger, board, grids: { BTC: grid } });
  const amount = (units: number) => units / ledger.currency.unitsPerOne;
  return { ledger, board, marks, account, model, set, amount };
}

describe("PortfolioMargin", () => {
  it("gives the margins of the example in Deribit's documentation of private/pme/simulate, 2024-06-17", () => {
    const { ledger, board, marks, account, model, amount } = book({ coins: 1, lots: [0, 0, 0, 0] });
    board.setIndex("BTC", 65_666.19);
    marks.set(PERP, 65_910.57);
    marks.set(FUT, 67_371.75);
    // 0.314538364 and −0.001187534 coins, in contracts of 0.0001 USD.
    const lots = [0.314538364 * 65_910.57, 0.001187534 * 67_371.75].map((usd) =>
      Math.round(usd * 1e4),
    );
    const rest = 1;
    const price = marks.ticks(PERP);
    ledger.exchange({ buyer: account, seller: rest, instrument: PERP, lots: lots[0]!, price });
    ledger.exchange({
      buyer: rest,
      seller: account,
      instrument: FUT,
      lots: lots[1]!,
      price: marks.ticks(FUT),
    });
    const [risk] = model.risks(account, marks);
    expect(risk?.worst).toEqual({ move: -0.16, volatility: 1, isFar: false });
    expect(amount(risk!.worstLoss)).toBeCloseTo(0.05968587238095239, 8);
    // The example's roll shock; its delta shock is 0.
    expect(amount(risk!.charges)).toBeCloseTo(0.00315725898, 9);
    expect(amount(model.initial(account, marks))).toBeCloseTo(0.06284313098, 8);
    expect(amount(model.maintenance(account, marks))).toBeCloseTo(0.050274504784, 8);
  });

  it("counts of a far move as much of a contract's loss as at the end of the range, as in that example", () => {
    const { ledger, board, marks, account, amount } = book({ coins: 1, lots: [] });
    marks.set(PERP, 65_910.57);
    const lots = Math.round(0.314538364 * 65_910.57 * 1e4);
    const [long, short] = [account, 1];
    ledger.exchange({
      buyer: long,
      seller: short,
      instrument: PERP,
      lots,
      price: marks.ticks(PERP),
    });
    const worstOf = (held: number, move: number) => {
      // At twice the factor the far move is the worst, and without a dampener twice what the example has.
      const extended = { moves: [move], factor: 2, dampenerUsd: 0 };
      const grid = { ...GRID, deltas: undefined, extended };
      const [risk] = new PortfolioMargin({ ledger, board, grids: { BTC: grid } }).risks(
        held,
        marks,
      );
      expect(risk?.worst).toEqual({ move, volatility: 1, isFar: true });
      return amount(risk!.worstLoss) / 2;
    };
    for (const move of [-0.66, -0.33]) {
      expect(worstOf(long, move)).toBeCloseTo(0.05991206933333334, 8);
    }
    for (const move of [0.5, 1, 2, 3, 4, 5]) {
      expect(worstOf(short, move)).toBeCloseTo(0.04338460193103449, 8);
    }
  });

  it("takes the dampener off a far loss, for each range beyond the first", () => {
    const { marks, account, board, ledger, amount } = book({ coins: 100, lots: [5e9] });
    // Long 500,000 USD: at −33 % the loss counts as at −16 %, 1.4652 coins; the dampener is 1,000 USD × (0.33 / 0.16 − 1) at 84 % of 65,000.
    const extended = { moves: [-0.33], factor: 3, dampenerUsd: 1_000 };
    const grid = { ...GRID, deltas: undefined, extended };
    const [risk] = new PortfolioMargin({ ledger, board, grids: { BTC: grid } }).risks(
      account,
      marks,
    );
    const atEdge = (500_000 / 65_000) * (1 / 0.84 - 1);
    expect(amount(risk!.worstLoss)).toBeCloseTo(3 * atEdge - 1_062.5 / (0.84 * 65_000), 6);
    expect(marks.ticks(PERP)).toBe(130_000);
  });

  it("squeezes a book of short puts twice when the price falls and volatility rises", () => {
    const { marks, account, model, set, amount } = book({ coins: 30, lots: [0, 0, -1_000, 0] });
    const now = () => ({
      equity: amount(model.equity(account, marks)),
      maintenance: amount(model.maintenance(account, marks)),
    });
    const calm = now();
    set(65_000, 0.9);
    const higher = now();
    set(58_000, 0.6);
    const lower = now();
    set(58_000, 0.9);
    const both = now();
    // Each alone takes equity and asks for more margin; together they take more than either.
    for (const one of [higher, lower]) {
      expect(one.equity).toBeLessThan(calm.equity - 1);
      expect(both.equity).toBeLessThan(one.equity - 1);
      expect(both.maintenance).toBeGreaterThan(one.maintenance);
    }
    expect(lower.maintenance).toBeGreaterThan(calm.maintenance + 1);
    const slack = ({ equity, maintenance }: typeof calm) => equity - maintenance;
    expect(slack(calm)).toBeGreaterThan(0);
    expect(slack(both)).toBeLessThan(Math.min(slack(higher), slack(lower)));
  });

  it("asks a straddle for less than its legs apart, and a long option for no more than it is worth", () => {
    const margins = (
      [
        [0, 0, -100, 0],
        [0, 0, 0, -100],
        [0, 0, -100, -100],
        [0, 0, 100, 0],
      ] as const
    ).map((lots) => {
      const { account, model, marks, amount, ledger } = book({ coins: 100, lots });
      const worth = amount(ledger.valueUnits(P60, 100, marks.ticks(P60)));
      return { initial: amount(model.initial(account, marks)), worth };
    });
    const [put, call, straddle, long] = margins;
    expect(straddle!.initial).toBeLessThan(put!.initial + call!.initial);
    // But for the roll, which is charged on its delta.
    expect(long!.initial).toBeLessThan(long!.worth + 10 * 0.01);
  });

  it("margins options that are settled in dollars by their value in dollars", () => {
    const call = linear("BTC-C", { kind: "option", lot: decimal("0.01"), tick: decimal("5") });
    const ledger = new Ledger({ currency: new Currency("USDT"), instruments: [call] });
    const board = new OptionBoard({ ledger, now: NOW });
    const marks = new Marks(ledger);
    board.setIndex("BTC", 65_000);
    const [strike, forward, iv] = [70_000, 65_000, 0.6];
    board.set({ instrument: 0, right: 1, strike, expiry: EXPIRY, forward, iv });
    board.remark(marks);
    const [short, long] = [ledger.open(), ledger.open()];
    ledger.exchange({
      buyer: long,
      seller: short,
      instrument: 0,
      lots: 300,
      price: marks.ticks(0),
    });
    const model = new PortfolioMargin({ ledger, board, grids: { BTC: GRID } });
    const years = board.yearsTo(EXPIRY);
    const terms = { right: 1, strike, years } as const;
    const now = black76({ ...terms, underlying: forward, volatility: iv });
    const up = iv * (1 + 0.5 * (30 / (years * 365)) ** 0.3);
    const then = black76({ ...terms, underlying: forward * 1.16, volatility: up });
    const [risk] = model.risks(short, marks);
    expect(risk?.worst).toEqual({ move: 0.16, volatility: 1, isFar: false });
    expect(risk!.worstLoss / 1e6).toBeCloseTo(3 * (then - now), 4);
    // The roll at 1 % of the delta of that expiry.
    const { delta } = black76Greeks({ ...terms, underlying: forward, volatility: iv });
    expect(risk!.charges / 1e6).toBeCloseTo(3 * delta * 0.01 * 65_000, 4);
  });

  it("needs nothing for a coin without positions, and never less for a larger book", () => {
    const anyLots = fc.tuple(
      fc.integer({ min: -5e8, max: 5e8 }),
      fc.integer({ min: -5e8, max: 5e8 }),
      fc.integer({ min: -500, max: 500 }),
      fc.integer({ min: -500, max: 500 }),
    );
    fc.assert(
      fc.property(anyLots, fc.integer({ min: 2, max: 5 }), (lots, times) => {
        const small = book({ coins: 1_000, lots });
        const large = book({ coins: 1_000, lots: lots.map((held) => held * times) });
        const of = ({ model, account, marks }: typeof small) => model.initial(account, marks);
        // A millionth of a coin for values that were rounded to whole units.
        expect(of(large)).toBeGreaterThanOrEqual(of(small) - 100);
        expect(small.model.maintenance(small.account, small.marks)).toBeLessThanOrEqual(of(small));
        if (lots.every((held) => held === 0)) expect(of(small)).toBe(0);
      }),
    );
  });

  it("refuses spot, coins without a grid, options without a state and boards of other ledgers", () => {
    const spot = linear("BTC", { kind: "spot" });
    const perp = linear("BTCUSDT");
    const call = linear("BTC-C", { kind: "option" });
    const ledger = new Ledger({ currency: new Currency("USDT"), instruments: [spot, perp, call] });
    const board = new OptionBoard({ ledger, now: NOW });
    board.setIndex("BTC", 100);
    const marks = new Marks(ledger);
    for (const instrument of [0, 1, 2]) marks.set(instrument, 100);
    const model = new PortfolioMargin({ ledger, board, grids: { BTC: GRID } });
    const held = (instrument: number) => {
      const [buyer, seller] = [ledger.open(), ledger.open()];
      ledger.exchange({ buyer, seller, instrument, lots: 10, price: 1_000 });
      return buyer;
    };
    expect(() => model.maintenance(held(0), marks)).toThrow(/spot/);
    expect(() => model.maintenance(held(2), marks)).toThrow(/volatility of v:BTC-C are not known/);
    expect(() => new PortfolioMargin({ ledger, board, grids: {} }).initial(held(1), marks)).toThrow(
      /Portfolio margin of BTC is not known/,
    );
    const other = new Ledger({ currency: new Currency("USDT"), instruments: [spot] });
    expect(() => new PortfolioMargin({ ledger: other, board, grids: {} })).toThrow(
      /another ledger/,
    );
    expect(
      () => new PortfolioMargin({ ledger, board, grids: { BTC: { ...GRID, priceRange: 1 } } }),
    ).toThrow(/moves prices by 1 in 4 steps/);
    const state = {
      instrument: 2,
      right: 1,
      strike: 100,
      expiry: EXPIRY,
      forward: 100,
      iv: 0.5,
    } as const;
    expect(() => board.set({ ...state, iv: Number.NaN })).toThrow(/volatility of v:BTC-C is NaN/);
    expect(() => board.set({ ...state, forward: 0 })).toThrow(/forward of v:BTC-C is 0/);
    expect(() => board.set({ ...state, instrument: 1 })).toThrow(/not an option/);
    expect(() => board.set({ ...state, instrument: 9 })).toThrow(/no instrument number 9/);
  });
});

describe("shocks of volatility", () => {
  it("are those of Deribit's grids, of today and before", () => {
    const { volatility } = GRID;
    // Up by half at 30 days and by half × 2^0.3 at 15; down by a quarter; × 2^−0.13 at 60.
    expect(shockedVolatility(volatility, { iv: 0.8, days: 30, direction: 1 })).toBeCloseTo(1.2, 12);
    expect(shockedVolatility(volatility, { iv: 0.8, days: 15, direction: 1 })).toBeCloseTo(
      0.8 * (1 + 0.5 * 2 ** 0.3),
      12,
    );
    expect(shockedVolatility(volatility, { iv: 0.8, days: 60, direction: -1 })).toBeCloseTo(
      0.8 * (1 - 0.25 * 2 ** -0.13),
      12,
    );
    // Never below 50 % after a move up, nor below 0 after one down.
    expect(shockedVolatility(volatility, { iv: 0.2, days: 30, direction: 1 })).toBe(0.5);
    expect(shockedVolatility(volatility, { iv: 0.2, days: 0.01, direction: -1 })).toBe(0);
    const choices = { priceBuckets: 5, volatilityUnit: "points", initialFactor: 1.3 } as const;
    // "options expiring in 15 days: √(30/15) × 40 % = 56.6 %".
    const oldest = olderGrid("±12.5%", choices).volatility;
    expect(shockedVolatility(oldest, { iv: 0.5, days: 15, direction: 1 })).toBeCloseTo(1.066, 3);
    const newer = olderGrid("±10%", choices).volatility;
    expect(shockedVolatility(newer, { iv: 0.5, days: 15, direction: 1 })).toBeCloseTo(
      0.5 + 0.38 * 2 ** 0.3,
      12,
    );
  });
});

describe("charges of positions", () => {
  const futures = [
    { coins: 100, years: 0.1, option: undefined },
    { coins: -100, years: 0.5, option: undefined },
  ];
  const choices = { priceBuckets: 4, volatilityUnit: "points", initialFactor: 1 } as const;

  it("are those of the examples on Deribit's older pages", () => {
    // "You are long 100 BTC in Future A, and short 100 BTC in Future B, then 1 % × 100 BTC will be added"; 2 BTC on the page before.
    expect(positionCharges(olderGrid("±10%", choices), futures, 60_000)).toBeCloseTo(1, 12);
    expect(positionCharges(olderGrid("±12.5%", choices), futures, 60_000)).toBeCloseTo(2, 12);
    // "In strike X call +10 and put −20: your net short position on strike X is −10, thus 10 × 0.01 BTC".
    const options = [10, -20].map((coins) => ({
      coins: 0,
      years: 0.1,
      option: { strike: 1, coins },
    }));
    expect(positionCharges(olderGrid("±10%", choices), options, 60_000)).toBeCloseTo(0.1, 12);
    // "You have 200 options in your position (long and short), 1 % of 200 BTC = 2 BTC".
    const many = [120, -80].map((coins) => ({
      coins: 0,
      years: 0.1,
      option: { strike: 1, coins },
    }));
    expect(positionCharges(olderGrid("±12.5%", choices), many, 60_000)).toBeCloseTo(2, 12);
  });

  it("grow with total delta above the threshold, from which long options only take", () => {
    const charge = (...deltas: Parameters<typeof positionCharges>[1]) =>
      positionCharges(
        { ...GRID, deltas: { ...GRID.deltas!, leastRoll: 0, annualRoll: 0 } },
        deltas,
        50_000,
      );
    const perpetual = (coins: number) => ({ coins, years: undefined, option: undefined });
    const bought = (coins: number) => ({ coins, years: 0.1, option: { strike: 1, coins: 1_000 } });
    // 20 M USD are 400 coins: of 500 coins 100 are above, 0.5 % of 500.
    expect(charge(perpetual(400))).toBe(0);
    expect(charge(perpetual(500))).toBeCloseTo(2.5, 12);
    expect(charge(perpetual(-500))).toBeCloseTo(2.5, 12);
    expect(charge(perpetual(500), bought(-100))).toBe(0);
    expect(charge(perpetual(500), bought(100))).toBeCloseTo(2.5, 12);
    expect(charge(bought(5_000))).toBe(0);
    // At most a tenth.
    expect(charge(perpetual(5_000))).toBeCloseTo(500, 9);
  });
});

describe("liquidation prices of a book of options", () => {
  const terms = { trigger: { kind: "belowMaintenance" } } as const;
  const prices = ({ ledger, board, marks, account }: ReturnType<typeof book>) =>
    bookLiquidationPrices({
      ledger,
      board,
      marks,
      account,
      base: "BTC",
      grids: { BTC: GRID },
      ...terms,
    });

  it("move with volatility and with time", () => {
    const short = book({ coins: 25, lots: [0, 0, -1_000, 0] });
    const calm = prices(short);
    expect(calm.above).toBeUndefined();
    expect(calm.below).toBeGreaterThan(40_000);
    expect(calm.below).toBeLessThan(65_000);
    short.set(65_000, 0.7);
    const stressed = prices(short);
    expect(stressed.below).toBeGreaterThan(calm.below! + 100);
    short.set(65_000, 0.6);
    short.board.now = micros(NOW + 9 * MICROS_PER_DAY);
    short.board.remark(short.marks);
    expect(prices(short).below).toBeLessThan(calm.below! - 100);
  });

  it("are where the condition turns, and leave what they are asked of as it was", () => {
    const both = book({ coins: 25, lots: [0, 0, -500, -500] });
    const before = both.model.maintenance(both.account, both.marks);
    const { below, above } = prices(both);
    expect(both.model.maintenance(both.account, both.marks)).toBe(before);
    const test = liquidationTest({ ...terms, ledger: both.ledger, model: both.model });
    for (const [price, outwards] of [
      [below!, 1 - 1e-6],
      [above!, 1 + 1e-6],
    ] as const) {
      both.set(price * outwards, 0.6);
      expect(test(both.account, both.marks)).toBe(true);
      both.set(price / outwards, 0.6);
      expect(test(both.account, both.marks)).toBe(false);
    }
  });
});
