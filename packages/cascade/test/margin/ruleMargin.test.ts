import { decimal, parseUtcDay } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instrumentMargins, liquidationTest, maintenanceMargin, rulesOf } from "../../src/index.ts";
import { at, valueOf, venueOf as rulesFile } from "../shipped.ts";
import { anySchedule, flat, inverse, linear, quanto, venueOf } from "./market.ts";

type Venue = ReturnType<typeof venueOf>;

/** Opens a position between two accounts at a quote price; the buyer has the money. */
function trade(
  { ledger, open }: Venue,
  {
    money,
    instrument = 0,
    lots,
    price,
  }: { money: number; instrument?: number; lots: number; price: number },
): number {
  const [account, rest] = [open(money), ledger.open()];
  const [buyer, seller] = lots > 0 ? [account, rest] : [rest, account];
  const ticks = ledger.ticksOf(instrument, price);
  ledger.exchange({ buyer, seller, instrument, lots: Math.abs(lots), price: ticks });
  return account;
}

describe("RuleMargin", () => {
  it("gives Deribit's published margins of 25 BTC at 100,000 USD: 53,125 and 28,125 USD", () => {
    const schedule = valueOf("deribit", {
      part: "margin",
      symbol: "BTC-PERPETUAL",
      at: at("2024-08-05"),
    });
    const usd = (venue: Venue, lots: number, perUsd: number) => {
      const account = trade(venue, { money: 100, lots, price: 100_000 });
      venue.marks.set(0, 100_000);
      const { initial, maintenance } = venue.model;
      const margins = [initial, maintenance].map((of) =>
        of.call(venue.model, account, venue.marks),
      );
      return margins.map((units) => (units / venue.ledger.currency.unitsPerOne) * perUsd);
    };
    // 2.5 M contracts of 1 USD are 25 coins; and 25 coins of the linear contract, whose margin is by coins too.
    const coins = usd(venueOf([inverse("BTC-PERPETUAL")], [{ schedule }]), 2_500_000, 100_000);
    const dollars = usd(venueOf([linear("BTC_USDT-PERPETUAL")], [{ schedule }]), -25_000, 1);
    for (const [initial, maintenance] of [coins, dollars]) {
      expect(initial).toBeCloseTo(53_125, 6);
      expect(maintenance).toBeCloseTo(28_125, 6);
    }
  });

  it("charges by Binance's tiers of the day, as its rules are dated", () => {
    const instruments = [linear("BTCUSDT"), linear("NOTLISTED")];
    const rules = rulesOf(rulesFile("binance-usdm"), parseUtcDay("2021-05-19")!);
    const venue = venueOf(instruments, instrumentMargins(rules, instruments));
    // 50 BTC at 40,000: 2 M USDT, 2.5 % less 16,300 (announcement of 2021-03-18).
    const account = trade(venue, { money: 100_000, lots: 50_000, price: 40_000 });
    venue.marks.set(0, 40_000);
    expect(venue.model.maintenance(account, venue.marks)).toBeCloseTo(33_700e6, 0);
    expect(venue.model.initial(account, venue.marks)).toBeCloseTo(100_000e6, 0);
    expect(venue.model.equity(account, venue.marks)).toBeCloseTo(100_000e6, 0);
    const other = trade(venue, { money: 1, instrument: 1, lots: 1, price: 1 });
    venue.marks.set(1, 1);
    expect(() => venue.model.maintenance(other, venue.marks)).toThrow(
      "The margin of v:NOTLISTED is not known (binance-usdm has no rules of NOTLISTED)",
    );
  });

  it("raises BitMEX's rate by steps of the position's coins, of inverse and quanto contracts alike", () => {
    // XBTUSD on 2020-03-12: 0.5 % up to 200 XBT, 0.5 % more for each 100 begun.
    const schedule = valueOf("bitmex", { part: "margin", symbol: "XBTUSD", at: at("2020-03-12") });
    const venue = venueOf([inverse("XBTUSD"), quanto("ETHUSD")], [{ schedule }, { schedule }]);
    venue.marks.set(0, 5_000);
    venue.marks.set(1, 100);
    const coins = (units: number) => units / 1e8;
    const xbt = (usd: number) => trade(venue, { money: 100, lots: usd, price: 5_000 });
    expect(coins(venue.model.maintenance(xbt(1_000_000), venue.marks))).toBeCloseTo(1, 9);
    expect(coins(venue.model.maintenance(xbt(1_250_000), venue.marks))).toBeCloseTo(2.5, 9);
    // A contract of ETHUSD at 100 USD is 0.0001 XBT.
    const eth = trade(venue, { money: 100, instrument: 1, lots: -2_500_000, price: 100 });
    expect(coins(venue.model.maintenance(eth, venue.marks))).toBeCloseTo(2.5, 9);
  });

  it("counts coins less their haircut up to their cap, and coins owed in full", () => {
    const coin = linear("BTC", { kind: "spot" });
    const basket = linear("ETH", { kind: "spot", base: "ETH" });
    const collateral = [
      { collateral: { haircut: 0.05, cap: 50_000 } },
      { collateral: { haircut: 0.1 } },
    ];
    const { ledger, marks, model, open } = venueOf([coin, basket], collateral);
    marks.set(0, 40_000);
    marks.set(1, 2_000);
    const account = open(1_000);
    const worth = () => model.equity(account, marks) / 1e6;
    ledger.depositLots(account, 0, 1_000, 0);
    expect(worth()).toBeCloseTo(1_000 + 0.95 * 40_000, 6);
    ledger.depositLots(account, 1, 3_000, 0);
    expect(worth()).toBeCloseTo(1_000 + 38_000 + 0.9 * 6_000, 6);
    ledger.depositLots(account, 0, 1_000, 0);
    expect(worth()).toBeCloseTo(1_000 + 0.95 * 50_000 + 5_400, 6);
    ledger.depositLots(account, 0, -2_500, 0);
    expect(worth()).toBeCloseTo(1_000 - 20_000 + 5_400, 6);
    expect(model.maintenance(account, marks)).toBe(0);
  });

  it("liquidates all of a cross account for a loss in one contract, and of isolated ones that one alone", () => {
    const venue = venueOf(
      [linear("A"), linear("B")],
      [{ schedule: flat(0.01) }, { schedule: flat(0.01) }],
    );
    const { ledger, marks, isLiquidatable } = venue;
    marks.set(0, 100);
    marks.set(1, 100);
    const cross = trade(venue, { money: 20, lots: 1_000, price: 100 });
    ledger.exchange({
      buyer: cross,
      seller: ledger.open(),
      instrument: 1,
      lots: 1_000,
      price: 1_000,
    });
    const [lone, other] = [0, 1].map((instrument) =>
      trade(venue, { money: 10, instrument, lots: 1_000, price: 100 }),
    );
    marks.set(0, 90.5);
    // One has lost 9.5 of 20 and needs 1.905; of 10 the isolated one has 0.5 left and needs 0.905.
    expect([cross, lone!, other!].map((id) => isLiquidatable(id, marks))).toEqual([
      false,
      true,
      false,
    ]);
    marks.set(0, 80);
    expect([cross, lone!, other!].map((id) => isLiquidatable(id, marks))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("needs the same margin as the schedule says, in whichever unit its sizes are", () => {
    const contracts = [linear("L"), inverse("I"), quanto("Q")];
    fc.assert(
      fc.property(
        fc.constantFrom(...contracts),
        anySchedule(1e-3),
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 50, max: 5e4, noNaN: true }),
        (contract, drawn, lots, price) => {
          const unknown = contract.contract === "quanto" && drawn.unit === "quote";
          const schedule = unknown ? ({ ...drawn, unit: "coin" } as const) : drawn;
          const venue = venueOf([contract], [{ schedule }]);
          const account = trade(venue, { money: 1, lots: -lots, price });
          venue.marks.set(0, price);
          const one =
            contract.contract === "linear" ? 0.001 : contract.contract === "inverse" ? 1 : 1e-6;
          const notional =
            contract.contract === "inverse" ? (lots * one) / price : lots * one * price;
          const size = {
            quote: contract.contract === "linear" ? notional : lots,
            coin: contract.contract === "linear" ? lots * 0.001 : notional,
            contracts: contract.contract === "linear" ? lots * 0.001 : lots,
          }[schedule.unit];
          const margin =
            venue.model.maintenance(account, venue.marks) / venue.ledger.currency.unitsPerOne;
          const expected = maintenanceMargin(schedule, { size, notional });
          expect(Math.abs(margin - expected)).toBeLessThanOrEqual(1e-9 * notional);
        },
      ),
    );
  });

  it("refuses what it cannot margin, and says what", () => {
    const tiers = flat(0.01);
    if (tiers.kind !== "tiers") throw new Error("flat is tiers");
    const capped = { ...tiers, tiers: [{ ...tiers.tiers[0]!, cap: 1_000 }] };
    const venue = venueOf([linear("A"), linear("S", { kind: "spot" })], [{ schedule: capped }]);
    const account = trade(venue, { money: 1_000, lots: 1_000, price: 900 });
    expect(() => venue.model.maintenance(account, venue.marks)).toThrow(/v:A has no mark/);
    venue.marks.set(0, 1_001);
    expect(() => venue.model.maintenance(account, venue.marks)).toThrow(
      /1001 is above 1000, the cap of the last tier/,
    );
    expect(() => venue.marks.set(0, Number.NaN)).toThrow(/mark of v:A is NaN/);
    expect(() => maintenanceMargin(capped, { size: -1 })).toThrow(/size -1/);
    expect(() => venue.model.termsOf(7)).toThrow(/no instrument number 7/);
    const build =
      (margin: object, contract = linear("A")) =>
      () =>
        venueOf([contract], [margin]);
    expect(build({ collateral: { haircut: 0.1 } })).toThrow(/it is no collateral/);
    expect(build({ collateral: { haircut: 1.1 } }, linear("S", { kind: "spot" }))).toThrow(
      /haircut of 1.1/,
    );
    expect(build({ schedule: tiers }, quanto("Q"))).toThrow(
      /no size in quote currency: it is quanto/,
    );
    expect(() => venueOf([linear("A")], [{}, {}])).toThrow(/margins of 2 instruments/);
  });
});

describe("the trigger of a liquidation", () => {
  it("is below maintenance margin, or a ratio at or below its threshold with the fee of closing (OKX)", () => {
    const margins = [{ schedule: flat(0.01) }];
    const instruments = [linear("A", { tick: decimal("0.0001") })];
    const mark = (trigger: Parameters<typeof venueOf>[2], price: number) => {
      const venue = venueOf(instruments, margins, trigger);
      const account = trade(venue, { money: 10, lots: 1_000, price: 100 });
      venue.marks.set(0, price);
      return venue.isLiquidatable(account, venue.marks);
    };
    const below = { kind: "belowMaintenance" } as const;
    // 10 + p − 100 against 0.01 × p: at p = 90 / 0.99.
    expect([mark(below, 90.91), mark(below, 90.9)]).toEqual([false, true]);
    // The same and 0.05 % of p: at p = 90 / 0.9895.
    const okx = { kind: "ratio", threshold: 1, withLiquidationFee: true } as const;
    expect([mark(okx, 90.956), mark(okx, 90.955)]).toEqual([false, true]);
    const half = { kind: "ratio", threshold: 0.5, withLiquidationFee: false } as const;
    expect([mark(half, 90.453), mark(half, 90.452)]).toEqual([false, true]);
  });

  it("never meets an account without positions, and one with coins alone when it owes more than they count for", () => {
    const venue = venueOf([linear("S", { kind: "spot" })], [{ collateral: { haircut: 0.5 } }]);
    const { ledger, marks, isLiquidatable, open } = venue;
    marks.set(0, 100);
    const [broke, borrower] = [open(-5), open(-60)];
    expect(isLiquidatable(broke, marks)).toBe(false);
    ledger.depositLots(borrower, 0, 1_000, 0);
    expect(isLiquidatable(borrower, marks)).toBe(true);
    marks.set(0, 121);
    expect(isLiquidatable(borrower, marks)).toBe(false);
  });

  it("asks for a taker fee where it counts one", () => {
    const { ledger, marks, model, open } = venueOf([linear("A")], [{ schedule: flat(0.01) }]);
    marks.set(0, 100);
    const [buyer, seller] = [open(1), open(1)];
    ledger.exchange({ buyer, seller, instrument: 0, lots: 1, price: 1_000 });
    const trigger = { kind: "ratio", threshold: 1, withLiquidationFee: true } as const;
    expect(() => liquidationTest({ ledger, model, trigger })(buyer, marks)).toThrow(
      /taker fee of v:A is not known/,
    );
  });
});
