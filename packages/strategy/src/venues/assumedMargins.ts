import type { Assumption, MarginSchedule, MarginTier } from "@aftershock/cascade";

/** Floor, cap, highest leverage, maintenance rate. */
type TierRow = readonly [
  floor: number,
  cap: number | undefined,
  maxLeverage: number | undefined,
  maintenanceRate: number,
  initialRate?: number,
];

const tierOf = ([floor, cap, maxLeverage, maintenanceRate, initialRate]: TierRow): MarginTier => ({
  floor,
  cap,
  maxLeverage,
  initialRate,
  maintenanceRate,
  maintenanceAmount: undefined,
});

/** Tiers that are charged at the margin and go on to the end. */
const tiers = (rows: readonly TierRow[]): MarginSchedule => ({
  kind: "tiers",
  unit: "quote",
  charge: "marginal",
  amountStep: 1,
  truncated: false,
  tiers: rows.map(tierOf),
});

/** One tier of a table that breaks off. */
const firstTier = (unit: "quote" | "coin" | "contracts", row: TierRow): MarginSchedule => ({
  kind: "tiers",
  unit,
  charge: undefined,
  amountStep: 1,
  truncated: true,
  tiers: [tierOf(row)],
});

const laterOf = (value: MarginSchedule, day: string): Assumption<MarginSchedule> => ({
  value,
  why: `As first known later, of ${day}.`,
});

const BYBIT_LINEAR = firstTier("quote", [0, 1_000_000, undefined, 0.005, 0.01]);
const OKX_FIRST = firstTier("contracts", [0, undefined, 125, 0.004, 0.008]);

/**
 * Margin of contracts that were there on a crash day and of which no table of that time was found, by venue and symbol: the first that is known later (data/rules), or that of the venue's
 * bitcoin contract. Wrong where tables have changed between, which they do by a tier or two in a year.
 */
export const ASSUMED_MARGINS: Readonly<
  Record<string, Readonly<Record<string, Assumption<MarginSchedule>>>>
> = {
  "binance-usdm": {
    ETHUSDT: laterOf(
      tiers([
        [0, 10_000, 100, 0.005],
        [10_000, 100_000, 75, 0.0065],
        [100_000, 500_000, 50, 0.01],
        [500_000, 1_500_000, 25, 0.02],
        [1_500_000, 4_000_000, 10, 0.05],
        [4_000_000, 10_000_000, 5, 0.1],
        [10_000_000, 20_000_000, 4, 0.125],
        [20_000_000, 40_000_000, 3, 0.15],
        [40_000_000, 150_000_000, 2, 0.25],
        [150_000_000, 500_000_000, 1, 0.5],
      ]),
      "2022-04-16",
    ),
  },
  bybit: {
    BTCUSD: laterOf(
      {
        kind: "steps",
        unit: "coin",
        baseLimit: 150,
        step: 150,
        initialRate: 0.01,
        maintenanceRate: 0.005,
        stepInitialRate: 0.005,
        stepMaintenanceRate: 0.005,
      },
      "2023-01-01",
    ),
    ETHUSD: laterOf(firstTier("coin", [0, undefined, undefined, 0.01]), "2024-01-24"),
    BTCUSDT: laterOf(BYBIT_LINEAR, "2023-12-31"),
    ETHUSDT: { value: BYBIT_LINEAR, why: "As BTCUSDT's, of 2023-12-31." },
  },
  hyperliquid: {
    ETH: laterOf(
      tiers([
        [0, 100_000_000, 25, 0.02],
        [100_000_000, undefined, 15, 1 / 30],
      ]),
      "2025-01-01",
    ),
  },
  okx: {
    "ETH-USDT-SWAP": { value: OKX_FIRST, why: "As BTC-USDT-SWAP's first tier." },
    "BTC-USD-SWAP": { value: OKX_FIRST, why: "As BTC-USDT-SWAP's first tier." },
  },
};
