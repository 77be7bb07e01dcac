import type { CsvKind } from "../read/csvTable.ts";

/** The kinds of file. */
export type CoinglassTable = "liquidations" | "regime";

const ohlc = (prefix: string): string[] =>
  ["open", "high", "low", "close"].map((part) => `${prefix}_${part}`);

/** The exact header of every kind. */
export const COINGLASS_TABLES: readonly CsvKind<CoinglassTable>[] = [
  {
    name: "liquidations",
    columns: ["timestamp", "datetime_utc", "longUsd", "shortUsd", "totalUsd"],
  },
  {
    name: "regime",
    columns: [
      "timestamp",
      "datetime_utc",
      ...ohlc("price"),
      "liquidation_long_usd",
      "liquidation_short_usd",
      "liquidation_total_usd",
      ...ohlc("funding"),
      ...ohlc("oi"),
      ...ohlc("oi_weight"),
      ...ohlc("cvd"),
    ],
  },
];

/** How a figure is read: as it stands, or from percent into a fraction. */
export interface CoinglassFigure {
  readonly column: string;
  readonly measure: string;
  readonly unit: "plain" | "percent";
}

const figures = (
  unit: CoinglassFigure["unit"],
  pairs: readonly (readonly [column: string, measure: string])[],
): readonly CoinglassFigure[] => pairs.map(([column, measure]) => ({ column, measure, unit }));

const ohlcFigures = (
  unit: CoinglassFigure["unit"],
  prefix: string,
  measure: string,
): readonly CoinglassFigure[] =>
  figures(unit, [
    [`${prefix}_open`, `${measure}Open`],
    [`${prefix}_high`, `${measure}High`],
    [`${prefix}_low`, `${measure}Low`],
    [`${prefix}_close`, `${measure}Close`],
  ]);

/** Which figures of a line become measures. */
export const COINGLASS_FIGURES: Readonly<Record<CoinglassTable, readonly CoinglassFigure[]>> = {
  liquidations: figures("plain", [
    ["longUsd", "longLiquidationsUsd"],
    ["shortUsd", "shortLiquidationsUsd"],
    ["totalUsd", "totalLiquidationsUsd"],
  ]),
  regime: [
    ...figures("plain", [
      ["liquidation_long_usd", "longLiquidationsUsd"],
      ["liquidation_short_usd", "shortLiquidationsUsd"],
      ["liquidation_total_usd", "totalLiquidationsUsd"],
    ]),
    ...ohlcFigures("percent", "funding", "fundingRate"),
    ...ohlcFigures("plain", "oi", "openInterestUsd"),
    ...ohlcFigures("percent", "oi_weight", "oiWeightedFundingRate"),
  ],
};
