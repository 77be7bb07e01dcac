import { decimal, type Instrument } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Currency } from "../../src/account/currency.ts";
import { Ledger } from "../../src/account/ledger.ts";
import {
  openSnapshotAccounts,
  type SnapshotPosition,
} from "../../src/population/snapshotAccounts.ts";

const perpetual = (symbol: string, tick: string): Instrument => ({
  id: `v:${symbol}`,
  venue: "v",
  symbol,
  kind: "perpetual",
  contract: "linear",
  multiplier: 1,
  base: symbol,
  quote: "USDC",
  settle: "USDC",
  tick: decimal(tick),
  lot: decimal("0.001"),
  gridSource: "table",
});

const open = (rows: readonly SnapshotPosition[], marks: readonly (number | undefined)[] = []) => {
  const ledger = new Ledger({
    currency: new Currency("USDC"),
    instruments: [perpetual("BTC", "1"), perpetual("SOL", "0.001")],
  });
  const world = ledger.open("rest of the world");
  return { ledger, world, ...openSnapshotAccounts(ledger, rows, { world, marks }) };
};

const row = (changes: Partial<SnapshotPosition>): SnapshotPosition => ({
  account: "a",
  instrument: 0,
  lots: 2_000,
  entryPrice: 110_000,
  markPrice: 100_000,
  accountValue: 10_000,
  leverage: undefined,
  ...changes,
});

describe("openSnapshotAccounts", () => {
  it("makes each account worth what was recorded, with every lot held by somebody", () => {
    const price = fc.double({ min: 1, max: 1e5, noNaN: true });
    const rows = fc.array(
      fc.record({
        account: fc.constantFrom("a", "b", "c"),
        instrument: fc.nat(1),
        lots: fc.integer({ min: -1e6, max: 1e6 }),
        entryPrice: fc.option(price, { nil: undefined }),
        markPrice: price,
        accountValue: fc.double({ min: -1e5, max: 1e6, noNaN: true }),
        leverage: fc.constant(undefined),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(rows, (all) => {
        const once = [
          ...new Map(all.map((each) => [`${each.account}/${each.instrument}`, each])).values(),
        ];
        const { ledger, accounts } = open(once);
        ledger.check();
        for (const { id, name } of accounts) {
          const own = once.filter(({ account, lots }) => account === name && lots !== 0);
          const value = own.reduce(
            (sum, { instrument, lots, markPrice }) =>
              sum + ledger.valueUnits(instrument, lots, ledger.ticksOf(instrument, markPrice)),
            0,
          );
          const worth = (ledger.cash(id) + value) / 1e6;
          expect(worth).toBeCloseTo(own.at(-1)?.accountValue ?? 0, 4);
        }
      }),
    );
  });

  it("takes the worth from the leverage where none is stated: 200,000 at 20x is 10,000", () => {
    const { ledger, accounts } = open([row({ accountValue: undefined, leverage: 20 })]);
    expect(accounts).toEqual([{ id: 1, name: "a", worth: "leverage" }]);
    // Bought 2 at 110,000 and marked at 100,000: 30,000 of margin is left at 10,000.
    expect(ledger.walletUnits(1)).toBe(30_000e6);
  });

  it("refuses a worth that no ledger can hold before it opens the account", () => {
    const ledger = new Ledger({
      currency: new Currency("USDC"),
      instruments: [perpetual("BTC", "1")],
    });
    const world = ledger.open("rest of the world");
    const before = ledger.sums();
    expect(() => openSnapshotAccounts(ledger, [row({ accountValue: 1e300 })], { world })).toThrow(
      /account a.*1e\+300/,
    );
    expect([ledger.accountCount, ledger.sums()]).toEqual([1, before]);
  });

  it("takes a short's worth from its leverage too: it gains as the price falls", () => {
    const { ledger } = open([row({ lots: -2_000, accountValue: undefined, leverage: 20 })]);
    // Sold 2 at 110,000 and marked at 100,000: worth 10,000, of which 20,000 are profit.
    expect(ledger.walletUnits(1)).toBe(-10_000e6);
  });

  it("skips accounts of which worth or mark are not known, and says why", () => {
    const { accounts, skipped, ledger } = open(
      [
        row({ account: "no worth", accountValue: undefined }),
        row({ account: "no mark", markPrice: undefined, instrument: 1 }),
        row({ account: "closed", lots: 0 }),
        row({ account: "marked elsewhere", markPrice: undefined }),
      ],
      [100_000],
    );
    expect(accounts.map(({ name }) => name)).toEqual(["marked elsewhere"]);
    expect(skipped).toEqual([
      { name: "no worth", why: "noWorth" },
      { name: "no mark", why: "noMark", instrument: 1 },
    ]);
    expect(ledger.accountCount).toBe(2);
  });

  it("takes a price of nothing or without end for none, of the mark and of the entry", () => {
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(open([row({ markPrice: bad })]).skipped).toEqual([
        { name: "a", why: "noMark", instrument: 0 },
      ]);
      expect(open([row({ markPrice: bad })], [90_000]).accounts).toHaveLength(1);
      const { ledger } = open([row({ entryPrice: bad })]);
      // Entered at the mark: what it is worth is all realised.
      expect(ledger.walletUnits(1)).toBe(10_000e6);
    }
  });

  it("goes by a row's own mark before the one that stands in, and by its entry where there is one", () => {
    const { ledger } = open([row({ accountValue: undefined, leverage: 20 })], [50_000]);
    expect([ledger.walletUnits(1), ledger.position(1, 0)?.entryValue]).toEqual([
      30_000e6, 220_000e6,
    ]);
  });

  it("adds up what all positions were margined with, and tells of no worth where one has no leverage", () => {
    const rows = [
      row({ accountValue: undefined, leverage: 20 }),
      row({
        accountValue: undefined,
        leverage: 10,
        instrument: 1,
        lots: -1_000,
        markPrice: 200,
        entryPrice: 200,
      }),
    ];
    const { ledger } = open(rows);
    // 200,000 at 20x and 200 at 10x, and 20,000 lost.
    expect(ledger.walletUnits(1)).toBe(30_020e6);
    for (const leverage of [0, -5, Number.NaN, undefined]) {
      expect(open([rows[0]!, { ...rows[1]!, leverage }]).skipped).toEqual([
        { name: "a", why: "noWorth" },
      ]);
    }
    const broken = rows.map((each) => ({ ...each, accountValue: Number.NaN }));
    expect(open(broken).accounts).toEqual([{ id: 1, name: "a", worth: "leverage" }]);
  });

  it("skips an account whole of which one position has no mark, and names that", () => {
    const { accounts, skipped, ledger } = open([
      row({}),
      row({ instrument: 1, markPrice: undefined }),
    ]);
    expect([accounts, ledger.accountCount]).toEqual([[], 1]);
    expect(skipped).toEqual([{ name: "a", why: "noMark", instrument: 1 }]);
  });

  it("goes by the worth that was stated last, to the nearest unit", () => {
    const { ledger } = open([
      row({ lots: 1, entryPrice: 100_000, accountValue: 5 }),
      row({ lots: 1, instrument: 1, entryPrice: 100, markPrice: 100, accountValue: 7.000_000_7 }),
    ]);
    expect(ledger.walletUnits(1)).toBe(7_000_001);
  });

  it("refuses a debt that no ledger can hold too", () => {
    expect(() => open([row({ accountValue: -1e300 })])).toThrow(/account a.*-1e\+300/);
  });
});
