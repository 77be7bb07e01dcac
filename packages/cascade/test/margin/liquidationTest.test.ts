import { decimal, type Instrument } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { Currency } from "../../src/account/currency.ts";
import { Ledger } from "../../src/account/ledger.ts";
import { Marks } from "../../src/account/marks.ts";
import { liquidationTest } from "../../src/margin/liquidationTest.ts";
import { MarginSlack } from "../../src/margin/marginSlack.ts";
import { RuleMargin } from "../../src/margin/ruleMargin.ts";
import type { LiquidationTrigger } from "../../src/rules/liquidationRule.ts";
import type { MarginSchedule } from "../../src/rules/marginSchedule.ts";

const LINEAR: Instrument = {
  id: "v:BTCUSDT",
  venue: "v",
  symbol: "BTCUSDT",
  kind: "perpetual",
  contract: "linear",
  multiplier: 1,
  base: "BTC",
  quote: "USDT",
  settle: "USDT",
  tick: decimal("1"),
  lot: decimal("1"),
  gridSource: "table",
};
const SPOT: Instrument = { ...LINEAR, id: "v:BTC-SPOT", symbol: "BTC-SPOT", kind: "spot" };

/** A quarter of the value, which doubles hold exactly. */
const SCHEDULE: MarginSchedule = {
  kind: "linear",
  unit: "quote",
  initialRate: 0.5,
  maintenanceRate: 0.25,
  initialRatePerUnit: 0,
  maintenanceRatePerUnit: 0,
};

/** A long of 8 at 1,000 that is worth `equity` at the mark of 1,000, where it must hold 2,000. */
function venueOf(trigger: LiquidationTrigger, equity: number) {
  const ledger = new Ledger({ currency: new Currency("USDT"), instruments: [LINEAR, SPOT] });
  const [world, long] = [ledger.open("world"), ledger.open("long")];
  ledger.exchange({ buyer: long, seller: world, instrument: 0, lots: 8, price: 1_000 });
  ledger.deposit(long, ledger.currency.units(equity));
  const marks = new Marks(ledger);
  marks.set(0, 1_000);
  marks.set(1, 1_000);
  const model = new RuleMargin({
    ledger,
    margins: [{ schedule: SCHEDULE }, { collateral: { haircut: 0.5, cap: 4_000 } }],
  });
  const terms = { trigger, takerRates: [0.125, undefined] };
  return {
    ledger,
    marks,
    long,
    test: liquidationTest({ ...terms, ledger, model }),
    slack: new MarginSlack({ ...terms, margin: model }),
  };
}

const isDue = (trigger: LiquidationTrigger, equity: number): boolean => {
  const { test, long, marks } = venueOf(trigger, equity);
  return test(long, marks);
};

describe("liquidationTest", () => {
  it("spares an account that holds exactly its maintenance margin, and not one with a unit less", () => {
    const trigger = { kind: "belowMaintenance" } as const;
    expect([isDue(trigger, 2_000), isDue(trigger, 2_000 - 1e-6)]).toEqual([false, true]);
  });

  it("liquidates by a ratio at exactly the threshold, and not a unit above it", () => {
    const trigger = { kind: "ratio", threshold: 1.5, withLiquidationFee: false } as const;
    expect([isDue(trigger, 3_000), isDue(trigger, 3_000 + 1e-6)]).toEqual([true, false]);
  });

  it("adds the taker fee of closing everything to the margin, where the ratio counts it", () => {
    const trigger = { kind: "ratio", threshold: 1, withLiquidationFee: true } as const;
    expect([isDue(trigger, 3_000), isDue(trigger, 3_000 + 1e-6)]).toEqual([true, false]);
  });
});

describe("the stretch of a coin beyond its cap", () => {
  it("does not scale with the threshold of a ratio: what is beyond the cap counts for nothing", () => {
    const { slack, ledger, long } = venueOf(
      { kind: "ratio", threshold: 2, withLiquidationFee: false },
      3_000,
    );
    ledger.depositLots(long, 1, 8, 0);
    // 8 coins count for half of 4,000 USDT from 500 on, and at 250 for 1,000.
    const level = ledger.currency.units(1_000);
    expect(slack.part(1, 8, 1_000)).toBe(ledger.currency.units(2_000));
    const stretch = slack.stretch({ instrument: 1, lots: 8, price: 1_000, level });
    expect(stretch).toEqual({ low: 250, high: Infinity, endsUnknown: false });
  });
});
