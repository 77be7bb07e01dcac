import { decimal, type Instrument, parseUtcInstant } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bookLiquidationPrices,
  Currency,
  instrumentMargins,
  Ledger,
  liquidationPrices,
  liquidationTest,
  MarginSlack,
  Marks,
  OptionBoard,
  optionInitial,
  optionMaintenance,
  RuleBands,
  RuleMargin,
  rulesOf,
  TriggerIndex,
} from "../../src/index.ts";
import { at, valueOf, venueOf } from "../shipped.ts";
import { inverse, linear } from "./market.ts";

const RULE = valueOf("deribit", { part: "optionMargin", symbol: "*", at: at("2024-08-05") });
const [CALL, PUT] = [1, -1] as const;

const option = (symbol: string, changes: Partial<Instrument> = {}): Instrument =>
  linear(symbol, {
    kind: "option",
    quote: "BTC",
    settle: "BTC",
    tick: decimal("0.0001"),
    lot: decimal("0.1"),
    ...changes,
  });
const INSTRUMENTS = [
  inverse("BTC-PERPETUAL", { lot: decimal("10") }),
  option("BTC-28JUN24-60000-P"),
  option("BTC-28JUN24-60000-C"),
];
const [PERP, P60, C60] = [0, 1, 2] as const;

/** An account with coins and positions that were opened at the marks, at 65,000 USD and a volatility of 60 %. */
function book({ coins, lots }: { coins: number; lots: readonly number[] }) {
  const ledger = new Ledger({ currency: new Currency("BTC"), instruments: INSTRUMENTS });
  const board = new OptionBoard({ ledger, now: parseUtcInstant("2024-06-17T10:00Z")! });
  const marks = new Marks(ledger);
  const expiry = parseUtcInstant("2024-06-28T08:00Z")!;
  const set = (price: number, iv = 0.6): void => {
    board.setIndex("BTC", price);
    for (const [instrument, right] of [[P60, PUT] as const, [C60, CALL] as const]) {
      board.set({ instrument: instrument, right, strike: 60_000, expiry, forward: price, iv });
    }
    board.remark(marks);
    marks.set(PERP, price);
  };
  set(65_000);
  const [account, rest] = [ledger.open(), ledger.open()];
  ledger.deposit(account, ledger.currency.units(coins));
  lots.forEach((held, instrument) => {
    const [buyer, seller] = held > 0 ? [account, rest] : [rest, account];
    if (held === 0) return;
    const price = marks.ticks(instrument);
    ledger.exchange({ buyer, seller, instrument, lots: Math.abs(held), price });
  });
  const symbols = INSTRUMENTS.map(({ symbol }) => symbol);
  const rules = rulesOf(venueOf("deribit"), at("2024-08-05"), symbols);
  const margins = instrumentMargins(rules, INSTRUMENTS);
  const model = new RuleMargin({ ledger, margins, board });
  const amount = (units: number): number => units / ledger.currency.unitsPerOne;
  const markOf = (instrument: number): number => marks.ticks(instrument) * 1e-4;
  return { ledger, board, marks, account, model, margins, set, amount, markOf };
}

describe("standard margin of a short option (Deribit)", () => {
  const short = (right: 1 | -1, strike: number, premium: number) => ({
    right,
    strike,
    underlying: 10_000,
    notional: 1,
    premium,
  });

  it("is 1,750 and 1,000 USD of a call, 1,250 and 1,000 of a put, struck at 9,000 and worth 0.025 BTC at 10,000 (figures of a public client's tests)", () => {
    const [call, put] = [short(CALL, 9_000, 0.025), short(PUT, 9_000, 0.025)];
    expect(optionInitial(RULE, call) * 10_000).toBeCloseTo(1_750, 9);
    expect(optionMaintenance(RULE, call) * 10_000).toBeCloseTo(1_000, 9);
    // 10 % out of the money: 15 % less that are 5 %, and 10 % the least.
    expect(optionInitial(RULE, put) * 10_000).toBeCloseTo(1_250, 9);
    expect(optionMaintenance(RULE, put) * 10_000).toBeCloseTo(1_000, 9);
  });

  it("falls with what the option is out of the money, down to a tenth", () => {
    expect(optionInitial(RULE, short(CALL, 10_200, 0))).toBeCloseTo(0.13, 12);
    expect(optionInitial(RULE, short(CALL, 10_500, 0))).toBeCloseTo(0.1, 12);
    expect(optionInitial(RULE, short(CALL, 20_000, 0))).toBeCloseTo(0.1, 12);
    expect(optionInitial(RULE, short(PUT, 9_800, 0))).toBeCloseTo(0.13, 12);
    expect(optionInitial(RULE, short(PUT, 10_001, 0))).toBeCloseTo(0.15, 12);
  });

  it("is of a put that is worth more than its underlying 7.5 % of the mark, and the initial margin no less", () => {
    const deep = short(PUT, 60_000, 5);
    expect(optionMaintenance(RULE, deep)).toBeCloseTo(5.375, 12);
    expect(optionInitial(RULE, deep)).toBeCloseTo(5.375, 12);
    expect(optionMaintenance(RULE, { ...deep, right: CALL })).toBeCloseTo(5.075, 12);
  });

  it("is never below maintenance margin when it is opened, nor falls as the option is worth more", () => {
    const any = fc.record({
      right: fc.constantFrom(CALL, PUT),
      strike: fc.double({ min: 1, max: 1e6, noNaN: true }),
      underlying: fc.double({ min: 1, max: 1e6, noNaN: true }),
      notional: fc.double({ min: 0, max: 1e6, noNaN: true }),
      premium: fc.double({ min: 0, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(any, fc.double({ min: 0, max: 1e3, noNaN: true }), (drawn, more) => {
        expect(optionInitial(RULE, drawn)).toBeGreaterThanOrEqual(optionMaintenance(RULE, drawn));
        const dearer = { ...drawn, premium: drawn.premium + more };
        for (const margin of [optionInitial, optionMaintenance]) {
          expect(margin(RULE, dearer)).toBeGreaterThanOrEqual(margin(RULE, drawn));
        }
      }),
    );
  });
});

describe("RuleMargin of a book of options", () => {
  it("sums the margins of its shorts and contracts; longs need none", () => {
    // 65,000 USD of the perpetual are a coin; 5 puts and 3 calls are sold, and then bought.
    const { model, marks, account, amount, markOf } = book({ coins: 3, lots: [6_500, -50, -30] });
    const perpetual = (base: number) => base + 0.00005;
    const [put, call] = [markOf(P60), markOf(C60)];
    expect(amount(model.maintenance(account, marks))).toBeCloseTo(
      perpetual(0.01) + 5 * (0.075 + put) + 3 * (0.075 + call),
      9,
    );
    // The put is 5,000 of 65,000 out of the money, and the call not at all.
    expect(amount(model.initial(account, marks))).toBeCloseTo(
      perpetual(0.02) + 5 * (0.1 + put) + 3 * (0.15 + call),
      9,
    );
    const bought = book({ coins: 3, lots: [0, 50, 30] });
    expect(bought.model.maintenance(bought.account, bought.marks)).toBe(0);
    expect(bought.model.initial(bought.account, bought.marks)).toBe(0);
  });

  it("counts nothing that options are worth: margin_balance is equity less options_value, as in the example of private/get_account_summary", () => {
    const { ledger, marks, account, model, amount } = book({ coins: 0, lots: [0, -1, 0] });
    // equity 302.61869214 with options_value −0.0086.
    marks.set(P60, 0.086);
    const value = ledger.valueUnits(P60, -1, marks.ticks(P60));
    expect(amount(value)).toBeCloseTo(-0.0086, 12);
    const equity = ledger.currency.units(302.61869214);
    ledger.deposit(account, Math.round(equity - value) - ledger.cash(account));
    expect(amount(model.equity(account, marks))).toBeCloseTo(302.62729214, 8);
    const long = book({ coins: 1, lots: [0, 10, 0] });
    const paid = long.markOf(P60);
    long.set(50_000);
    expect(long.amount(long.model.equity(long.account, long.marks))).toBeCloseTo(1 - paid, 7);
  });

  it("is looked at whenever a mark moves, as nothing is known of its band", () => {
    const { ledger, model, marks, account, set } = book({ coins: 0.9, lots: [0, -100, 0] });
    const terms = { trigger: { kind: "belowMaintenance" } } as const;
    const test = liquidationTest({ ...terms, ledger, model });
    const slack = new MarginSlack({ ...terms, margin: model });
    const isLiquidatable = (id: number, now: Marks): boolean => id === account && test(id, now);
    const watch = new TriggerIndex({ ledger, marks, isLiquidatable, bands: new RuleBands(slack) });
    expect(watch.moved([PERP])).toEqual([]);
    set(64_900);
    expect(watch.moved([PERP])).toEqual([]);
    set(60_000);
    expect(watch.moved([PERP])).toEqual([account]);
    expect(() => liquidationPrices({ slack, account, instrument: P60, marks })).toThrow(
      /no closed form: it holds the option v:BTC-28JUN24-60000-P/,
    );
    const position = { instrument: P60, lots: -1, price: 100, level: 0 };
    expect(() => slack.stretch(position)).toThrow(/no closed form in its mark/);
  });

  it("has its liquidation prices where the condition turns as all prices of the coin move", () => {
    const { ledger, board, marks, account, model, margins, set } = book({
      coins: 10,
      lots: [6_500, -250, -250],
    });
    const terms = { trigger: { kind: "belowMaintenance" } } as const;
    const { below, above } = bookLiquidationPrices({
      ...terms,
      ledger,
      board,
      marks,
      account,
      base: "BTC",
      margins,
    });
    const test = liquidationTest({ ...terms, ledger, model });
    for (const [price, outwards] of [
      [below!, 1 - 1e-6],
      [above!, 1 + 1e-6],
    ] as const) {
      set(price * outwards);
      expect(test(account, marks)).toBe(true);
      set(price / outwards);
      expect(test(account, marks)).toBe(false);
    }
  });

  it("takes the underlying at its forward where options are paid in dollars", () => {
    const instruments = [option("BTC_USDC-28JUN24-60000-C", { quote: "USDC", settle: "USDC" })];
    const ledger = new Ledger({ currency: new Currency("USDC"), instruments });
    const board = new OptionBoard({ ledger, now: parseUtcInstant("2024-06-17T10:00Z")! });
    const expiry = parseUtcInstant("2024-06-28T08:00Z")!;
    board.set({ instrument: 0, right: 1, strike: 60_000, expiry, forward: 50_000, iv: 0.5 });
    const marks = new Marks(ledger);
    marks.set(0, 200);
    const [account, rest] = [ledger.open(), ledger.open()];
    ledger.exchange({ buyer: rest, seller: account, instrument: 0, lots: 10, price: 1 });
    const rule = { ...RULE, covers: [{ base: "BTC", settle: "USDC" }] };
    const model = new RuleMargin({ ledger, board, margins: [{ option: rule }] });
    expect(model.maintenance(account, marks) / 1e6).toBeCloseTo(0.075 * 50_000 + 200, 6);
    expect(model.initial(account, marks) / 1e6).toBeCloseTo(0.1 * 50_000 + 200, 6);
  });

  it("refuses what it cannot margin, and says what", () => {
    const { ledger, board, marks, account, margins } = book({ coins: 1, lots: [0, -1, 0] });
    const complaint = (given: ConstructorParameters<typeof RuleMargin>[0]) => () =>
      new RuleMargin(given).maintenance(account, marks);
    expect(complaint({ ledger, margins })).toThrow(
      "The strike and the forward of v:BTC-28JUN24-60000-P are not known",
    );
    expect(complaint({ ledger, board, margins: [{}, {}, {}] })).toThrow(
      "The margin of v:BTC-28JUN24-60000-P is not known",
    );
    const schedule = margins[PERP]!.schedule;
    expect(complaint({ ledger, board, margins: [{}, { schedule }] })).toThrow(
      /-P \(option\) has the margin of a contract/,
    );
    expect(complaint({ ledger, board, margins: [{ option: RULE }] })).toThrow(
      /\(perpetual\) has the margin of an option/,
    );
    const other = new Ledger({ currency: ledger.currency, instruments: INSTRUMENTS });
    expect(complaint({ ledger: other, board, margins })).toThrow(/options are of another ledger/);
    const dollars = option("BTC_USDC-28JUN24-60000-C", { quote: "USDC", settle: "USDC" });
    const rules = rulesOf(venueOf("deribit"), at("2024-08-05"), [dollars.symbol]);
    expect(instrumentMargins(rules, [dollars])).toEqual([
      { absent: "deribit: no rule of options on BTC that are settled in USDC" },
    ]);
    expect(instrumentMargins(rules, [INSTRUMENTS[P60]!])[0]!.absent).toMatch(/has no rules of/);
    const binance = rulesOf(venueOf("binance-usdm"), at("2024-08-05"), ["O"]);
    expect(instrumentMargins(binance, [option("O")])[0]!.absent).toMatch(/^binance-usdm: /);
  });
});
