import { decimal, type Instrument } from "@aftershock/schema";
import fc from "fast-check";
import {
  Currency,
  type InstrumentMargin,
  Ledger,
  type LiquidationTrigger,
  liquidationTest,
  type MarginSchedule,
  MarginSlack,
  Marks,
  RuleMargin,
} from "../../src/index.ts";

const terms = { venue: "v", multiplier: 1, base: "BTC", gridSource: "table" } as const;

/** A contract or a coin that is settled in USDT. */
export const linear = (symbol: string, changes: Partial<Instrument> = {}): Instrument => ({
  ...terms,
  id: `v:${symbol}`,
  symbol,
  kind: "perpetual",
  contract: "linear",
  quote: "USDT",
  settle: "USDT",
  tick: decimal("0.1"),
  lot: decimal("0.001"),
  ...changes,
});

/** A contract of 1 USD that is settled in BTC. */
export const inverse = (symbol: string, changes: Partial<Instrument> = {}): Instrument => ({
  ...linear(symbol),
  contract: "inverse",
  quote: "USD",
  settle: "BTC",
  tick: decimal("0.5"),
  lot: decimal("1"),
  ...changes,
});

/** BitMEX's ETHUSD: 0.000001 XBT a contract for each USD of the price. */
export const quanto = (symbol: string, changes: Partial<Instrument> = {}): Instrument => ({
  ...inverse(symbol),
  contract: "quanto",
  multiplier: 1e-6,
  tick: decimal("0.05"),
  ...changes,
});

/** A schedule of one rate; initial margin is twice as much. */
export const flat = (rate: number): MarginSchedule => ({
  kind: "tiers",
  unit: "quote",
  charge: "marginal",
  amountStep: 1,
  truncated: false,
  tiers: [
    {
      floor: 0,
      cap: undefined,
      maxLeverage: undefined,
      initialRate: Math.min(1, 2 * rate),
      maintenanceRate: rate,
      maintenanceAmount: 0,
    },
  ],
});

/** Any schedule by notional with rates that rise with size between 50,000 and a few millions of the unit (`scale` 1). */
export const anySchedule = (scale: number): fc.Arbitrary<MarginSchedule> => {
  const size = fc.integer({ min: 1, max: 100 }).map((part) => part * 50_000 * scale);
  const rate = fc.integer({ min: 1, max: 200 }).map((part) => part / 1_000);
  const sorted = (length: number) =>
    fc.tuple(
      fc.uniqueArray(size, { minLength: length - 1, maxLength: length - 1 }),
      fc.uniqueArray(rate, { minLength: length, maxLength: length }),
    );
  const unit = fc.constantFrom("quote", "coin", "contracts" as const);
  const tiers = fc
    .tuple(
      fc.integer({ min: 1, max: 5 }).chain(sorted),
      fc.constantFrom("marginal", "whole" as const),
      unit,
    )
    .map(([[caps, rates], charge, of]): MarginSchedule => {
      const ends = caps.sort((a, b) => a - b);
      return {
        kind: "tiers",
        unit: of,
        charge,
        amountStep: 1,
        truncated: false,
        tiers: rates
          .sort((a, b) => a - b)
          .map((maintenanceRate, i) => ({
            floor: ends[i - 1] ?? 0,
            cap: ends[i],
            maxLeverage: undefined,
            initialRate: 1,
            maintenanceRate,
            maintenanceAmount: undefined,
          })),
      };
    });
  const steps = fc
    .record({ baseLimit: size, step: size, maintenanceRate: rate, unit })
    .map((drawn): MarginSchedule => ({
      kind: "steps",
      ...drawn,
      initialRate: 0.2,
      stepInitialRate: 0.004,
      stepMaintenanceRate: 0.004,
    }));
  const growing = fc
    .record({
      maintenanceRate: rate,
      maintenanceRatePerUnit: fc.constantFrom(1e-9, 1e-8, 1e-7),
      unit,
    })
    .map(({ maintenanceRatePerUnit, ...drawn }): MarginSchedule => ({
      kind: "linear",
      ...drawn,
      initialRate: 0.2,
      initialRatePerUnit: 1e-7,
      maintenanceRatePerUnit: maintenanceRatePerUnit / scale,
    }));
  return fc.oneof(tiers, steps, growing);
};

/** Any trigger; the fee of a ratio is 0.05 %. */
export const anyTrigger: fc.Arbitrary<LiquidationTrigger> = fc.oneof(
  fc.constant<LiquidationTrigger>({ kind: "belowMaintenance" }),
  fc.record({
    kind: fc.constant("ratio" as const),
    threshold: fc.constantFrom(0.5, 1, 1.2),
    withLiquidationFee: fc.boolean(),
  }),
);

/** A ledger with margins, marks and what decides of a liquidation. */
export function venueOf(
  instruments: readonly Instrument[],
  margins: readonly InstrumentMargin[],
  trigger: LiquidationTrigger = { kind: "belowMaintenance" },
) {
  const ledger = new Ledger({ currency: new Currency(instruments[0]!.settle), instruments });
  const marks = new Marks(ledger);
  const model = new RuleMargin({ ledger, margins });
  const takerRates = instruments.map(() => 0.0005);
  const slack = new MarginSlack({ margin: model, trigger, takerRates });
  const isLiquidatable = liquidationTest({ ledger, model, trigger, takerRates });
  /** Opens an account with money. */
  const open = (amount: number): number => {
    const account = ledger.open();
    ledger.deposit(account, ledger.currency.units(amount));
    return account;
  };
  return { ledger, marks, model, slack, isLiquidatable, open };
}
