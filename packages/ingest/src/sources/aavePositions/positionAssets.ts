import type { RawRow } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";

/** What an account holds and owes of one asset, in the account's currency. */
export type AssetRow = Pick<RawRow<"positions">, "asset" | "collateral" | "debt">;

/** Reads the assets of a row: those of which there is anything. */
export type PositionAssets = (row: CsvRow) => readonly AssetRow[];

/** How many units of its currency a price counts: v2 in wei, v3 in USD with eight decimals. */
const PRICE_SCALE = { "aave-v2": 1e18, "aave-v3": 1e8 } as const;

interface AssetColumns {
  readonly asset: string;
  readonly collateral: (row: CsvRow) => number | undefined;
  readonly debt: (row: CsvRow) => number | undefined;
}

const nothing = (): undefined => undefined;

/** A column that holds a value in the account's currency; nothing where the table has no such column. */
const valueIn =
  (columns: readonly string[], name: string): ((row: CsvRow) => number | undefined) =>
  (row) =>
    columns.includes(name) ? row.real(name) : undefined;

/** No token has more. */
const MOST_DECIMALS = 36;

/** A column of whole smallest units at the token's price and decimals, which stand beside it. */
function amountIn(
  columns: readonly string[],
  name: string,
  token: string,
  scale: number,
): (row: CsvRow) => number | undefined {
  if (!columns.includes(name)) return nothing;
  return (row) => {
    const amount = row.real(name);
    const price = row.real(`${token}_price`);
    const decimals = row.real(`${token}_decimals`);
    if (amount === undefined || price === undefined || decimals === undefined) return undefined;
    if (!Number.isInteger(decimals) || decimals < 0 || decimals > MOST_DECIMALS) {
      throw row.wrong(`${token}_decimals`, `a whole number of at most ${MOST_DECIMALS}`);
    }
    const value = (amount / 10 ** decimals) * (price / scale);
    if (!Number.isFinite(value)) throw row.wrong(name, "an amount");
    return value;
  };
}

/** The coins of which the tables have columns of value, by version. */
const VALUED: Readonly<
  Record<
    "aave-v2" | "aave-v3",
    readonly (readonly [asset: string, collateral: string, debt: string])[]
  >
> = {
  "aave-v2": [
    ["stETH", "collateral_steth_calc", ""],
    ["WETH", "collateral_eth_calc", "ethdebt"],
  ],
  "aave-v3": [
    ["wstETH", "collateral_steth_calc", ""],
    ["rETH", "collateral_reth_calc", ""],
    ["cbETH", "collateral_cbeth_calc", ""],
    ["WETH", "collateral_eth_calc", "ethdebt_calc"],
  ],
};

/**
 * The assets that a table breaks its accounts into, by its columns: coins with a column of value, and tokens with a debt and a
 * collateral in smallest units (`usdc`, `usdc_collateral`) at `usdc_price` and `usdc_decimals`.
 */
export function positionAssets(
  columns: readonly string[],
  venue: keyof typeof PRICE_SCALE,
): PositionAssets {
  const scale = PRICE_SCALE[venue];
  const valued = VALUED[venue].map(([asset, collateral, debt]): AssetColumns => {
    return {
      asset,
      collateral: collateral === "" ? nothing : valueIn(columns, collateral),
      debt: debt === "" ? nothing : valueIn(columns, debt),
    };
  });
  const tokens = columns
    .filter((name) => name.endsWith("_decimals") && columns.includes(name.replace("_decimals", "")))
    .map((name): AssetColumns => {
      const token = name.slice(0, -"_decimals".length);
      return {
        asset: token.toUpperCase(),
        collateral: amountIn(columns, `${token}_collateral`, token, scale),
        debt: amountIn(columns, token, token, scale),
      };
    });
  const all = [...valued, ...tokens];
  return (row) =>
    all.flatMap(({ asset, collateral, debt }) => {
      const [held, owed] = [collateral(row), debt(row)];
      if ((held ?? 0) === 0 && (owed ?? 0) === 0) return [];
      return [{ asset, collateral: held, debt: owed }];
    });
}
