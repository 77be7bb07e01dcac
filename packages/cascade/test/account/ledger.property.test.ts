import { isDeepStrictEqual } from "node:util";
import { decimal, type Instrument } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Currency } from "../../src/account/currency.ts";
import { type Exchange, Ledger } from "../../src/account/ledger.ts";

const terms = { venue: "v", multiplier: 1, base: "BTC", gridSource: "table" } as const;

const LINEAR: Instrument = {
  ...terms,
  id: "v:BTCUSDT",
  symbol: "BTCUSDT",
  kind: "perpetual",
  contract: "linear",
  quote: "USDT",
  settle: "USDT",
  tick: decimal("0.1"),
  lot: decimal("0.001"),
};
const SPOT: Instrument = { ...LINEAR, id: "v:BTC-SPOT", symbol: "BTC-SPOT", kind: "spot" };
const INVERSE: Instrument = {
  ...terms,
  id: "v:BTCUSD",
  symbol: "BTCUSD",
  kind: "perpetual",
  contract: "inverse",
  quote: "USD",
  settle: "BTC",
  tick: decimal("0.5"),
  lot: decimal("1"),
};

const ACCOUNTS = 4;
const account = fc.nat(ACCOUNTS - 1);
const trade = fc.record({
  kind: fc.constant("trade"),
  buyer: account,
  seller: account,
  instrument: fc.nat(1),
  lots: fc.integer({ min: 1, max: 100_000 }),
  price: fc.double({ min: 1, max: 1e6, noNaN: true }),
});
const transfer = fc.record({
  kind: fc.constant("transfer"),
  from: account,
  to: account,
  units: fc.nat(1e9),
});
const deposit = fc.record({
  kind: fc.constant("deposit"),
  to: account,
  units: fc.integer({ min: -1e9, max: 1e9 }),
});
const coins = fc.record({
  kind: fc.constant("coins"),
  to: account,
  lots: fc.integer({ min: -1_000, max: 1_000 }),
  units: fc.nat(1e9),
});

const ledgerOf = (instruments: readonly Instrument[]): Ledger => {
  const ledger = new Ledger({ currency: new Currency(instruments[0]!.settle), instruments });
  for (let opened = 0; opened < ACCOUNTS; opened += 1) ledger.open(`account ${opened}`);
  return ledger;
};

describe("Ledger", () => {
  it("keeps Σ cash and Σ lots after every trade, transfer and deposit", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(trade, transfer, deposit, coins), { maxLength: 60 }),
        (steps) => {
          const ledger = ledgerOf([LINEAR, SPOT]);
          for (const step of steps) {
            if (step.kind === "trade" && "buyer" in step) {
              if (step.buyer !== step.seller) ledger.exchange(step);
            } else if ("from" in step) ledger.transfer(step.from, step.to, step.units);
            else if ("lots" in step) {
              if (step.lots !== 0) ledger.depositLots(step.to, 1, step.lots, step.units);
            } else if ("to" in step) ledger.deposit(step.to, step.units);
            ledger.check();
          }
        },
      ),
    );
  });

  it("has copies that hold the same, and neither changes with the other", () => {
    const book = (
      ledger: Ledger,
      { buyer, seller, lots, price }: Omit<Exchange, "instrument">,
    ): void => {
      if (buyer !== seller) ledger.exchange({ buyer, seller, instrument: 0, lots, price });
      ledger.deposit(buyer, 1);
    };
    const held = (ledger: Ledger): unknown => [
      ledger.sums(),
      Array.from({ length: ACCOUNTS }, (_, id) => [
        ledger.nameOf(id),
        ledger.cash(id),
        structuredClone(ledger.positions(id)),
      ]),
    ];
    const trades = fc.array(trade, { maxLength: 20 });
    fc.assert(
      fc.property(trades, trades, (before, after) => {
        const ledger = ledgerOf([LINEAR, SPOT]);
        ledger.depositLots(0, 1, 5, 7);
        for (const step of before) book(ledger, step);
        const copy = ledger.copy();
        const then = held(ledger);
        expect(held(copy)).toEqual(then);
        expect([ledger.written, copy.written]).toEqual([undefined, []]);
        for (const step of after) book(copy, step);
        expect(held(ledger)).toEqual(then);
        copy.check();
        const opened = copy.open();
        const { written = [] } = copy;
        expect(new Set(written).size).toBe(written.length);
        expect(written).toContain(opened);
        const same = (id: number): boolean =>
          copy.cash(id) === ledger.cash(id) &&
          isDeepStrictEqual(copy.positions(id), ledger.positions(id));
        for (let id = 0; id < ACCOUNTS; id += 1)
          if (!written.includes(id)) expect(same(id)).toBe(true);
        const copied = held(copy);
        for (const step of after) book(ledger, step);
        ledger.open();
        expect(held(ledger)).toEqual(copied);
        expect(held(copy)).toEqual(copied);
      }),
    );
  });

  it("makes of entry values and realised profit what cash and positions are worth, at any mark", () => {
    fc.assert(
      fc.property(
        fc.array(trade, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(LINEAR, INVERSE),
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        (trades, instrument, mark) => {
          const ledger = ledgerOf([instrument]);
          for (const step of trades) {
            if (step.buyer !== step.seller) ledger.exchange({ ...step, instrument: 0 });
          }
          for (let id = 0; id < ACCOUNTS; id += 1) {
            const open = ledger.position(id, 0);
            const value = open === undefined ? 0 : ledger.valueUnits(0, open.lots, mark);
            const worth = ledger.cash(id) + value;
            const profit = open === undefined ? 0 : value - open.entryValue;
            expect(ledger.walletUnits(id) + profit).toBeCloseTo(worth, 0);
          }
        },
      ),
    );
  });

  it("books a long of an inverse contract as coin owed, so that a rising price makes it worth more", () => {
    const ledger = ledgerOf([INVERSE]);
    ledger.exchange({ buyer: 0, seller: 1, instrument: 0, lots: 10_000, price: 2 * 10_000 });
    expect(ledger.position(0, 0)).toEqual({ instrument: 0, lots: 10_000, entryValue: -1e8 });
    expect(ledger.cash(0)).toBe(1e8);
    // From 10,000 to 12,500 USD a contract of 10,000 USD gains 1/5 coin.
    const value = ledger.valueUnits(0, 10_000, 2 * 12_500);
    expect(value - -1e8).toBeCloseTo(0.2e8);
    expect(ledger.priceOf(0, 10_000, value)).toBeCloseTo(25_000);
  });

  it("refuses money and lots beyond 2^53, at which sums are no longer exact, with nothing booked", () => {
    const ledger = ledgerOf([LINEAR, SPOT]);
    ledger.deposit(0, 9e15);
    const before = ledger.sums();
    expect(() => ledger.deposit(0, 9e15)).toThrow(/2\^53/);
    expect(() => ledger.deposit(1, 9e15)).toThrow(/2\^53/);
    expect(() => ledger.depositLots(0, 1, 1, 9e15)).not.toThrow();
    expect(() => ledger.depositLots(0, 1, 1, 9e15)).toThrow(/2\^53/);
    // 9 B dollars are bought twice of one account.
    const long = { buyer: 1, seller: 0, instrument: 0, lots: 9e10, price: 1_000 };
    expect(() => ledger.exchange(long)).toThrow(/2\^53/);
    ledger.exchange({ ...long, seller: 2 });
    expect(() => ledger.exchange({ ...long, buyer: 3, seller: 2 })).toThrow(/2\^53/);
    expect(() => ledger.transfer(0, 2, 9e15)).toThrow(/2\^53/);
    ledger.check();
    expect(ledger.sums()).toEqual({ ...before, depositedLots: [0, 1], lots: [0, 1] });
    expect(ledger.position(3, 0)).toBeUndefined();
  });

  it("refuses half lots, trades with oneself, prices that are none and contracts brought in", () => {
    const ledger = ledgerOf([LINEAR, SPOT]);
    const good = { buyer: 0, seller: 1, instrument: 0, lots: 1, price: 100 };
    for (const wrong of [
      { lots: 0.5 },
      { lots: 0 },
      { lots: -1 },
      { seller: 0 },
      { price: Number.NaN },
    ]) {
      expect(() => ledger.exchange({ ...good, ...wrong })).toThrow(/cannot pass|whole number/);
    }
    expect(() => ledger.exchange({ ...good, instrument: 7 })).toThrow(/no instrument/);
    expect(() => ledger.exchange({ ...good, buyer: 9 })).toThrow(/no account 9/);
    expect(() => ledger.depositLots(0, 0, 5, 100)).toThrow(/perpetual/);
    expect(() => ledger.transfer(0, 1, -1)).toThrow(/cannot be transferred/);
    expect(() => ledgerOf([LINEAR, INVERSE])).toThrow(/settled in BTC/);
    expect(() => ledgerOf([LINEAR, LINEAR])).toThrow(/twice/);
    expect(ledger.sums()).toEqual({ cash: 0, deposited: 0, lots: [0, 0], depositedLots: [0, 0] });
  });
});
