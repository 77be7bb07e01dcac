import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Ledger, coinValueSats } from "../src/market/ledger.ts";

/** 64,000 and 32,000 USD in ticks of 0.5 USD. */
const AT_64K = 128_000;
const AT_32K = 64_000;

describe("the ledger", () => {
  test("pays the inverse contract's profit in coin", () => {
    const ledger = new Ledger();
    const long = ledger.open(100_000_000);
    const short = ledger.open();
    // 6,400 lots are 64,000 USD: one coin at 64,000, two at 32,000.
    ledger.trade(long, short, 6_400, AT_64K);
    ledger.trade(short, long, 6_400, AT_32K);
    expect(ledger.position(long)).toBe(0);
    expect(ledger.cash(long)).toBe(0);
    expect(ledger.cash(short)).toBe(100_000_000);
  });

  test("values lots in satoshi", () => {
    expect(coinValueSats(6_400, AT_64K)).toBe(100_000_000);
  });

  test("keeps positions at zero and cash at what was deposited, whatever is traded and moved", () => {
    const account = fc.integer({ min: 0, max: 3 });
    const trade = fc.record({
      buyer: account,
      seller: account,
      size: fc.integer({ min: 1, max: 1_000_000 }),
      price: fc.integer({ min: 2, max: 400_000 }),
      sats: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(trade), (trades) => {
        const ledger = new Ledger();
        for (const deposit of [5, 0, 123_456_789, 1]) ledger.open(deposit);
        for (const { buyer, seller, size, price, sats } of trades) {
          ledger.trade(buyer, seller, size, price);
          ledger.transfer(buyer, seller, sats);
        }
        expect(ledger.positionSum).toBe(0);
        expect(ledger.cashSum).toBe(123_456_795);
        expect(ledger.depositedSats).toBe(123_456_795);
      }),
      { seed: 20_010_101 },
    );
  });
});
