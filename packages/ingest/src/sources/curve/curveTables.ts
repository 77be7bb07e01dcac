import { DataError } from "@aftershock/schema";

/** Decimals of the tokens of Curve's pools: one token is 10^decimals of the units that contracts count in. */
const TOKEN_DECIMALS: Readonly<Record<string, number | undefined>> = {
  DAI: 18,
  USDC: 6,
  USDT: 6,
  FRAX: 18,
  frxETH: 18,
  sUSD: 18,
  UST: 6,
  ETH: 18,
  WETH: 18,
  stETH: 18,
  cbETH: 18,
  rETH: 18,
  CRV: 18,
  "3Crv": 18,
};

/** Flows of one token in a pool, by their columns. */
export interface TokenFlows {
  readonly token: string;
  readonly decimals: number;
}

/** A file that holds one pool's minutes, or one token's, or a token's prices. */
export type CurveTable =
  | {
      readonly kind: "pool";
      readonly columns: readonly string[];
      readonly tokens: readonly TokenFlows[];
    }
  | { readonly kind: "returns"; readonly columns: readonly string[]; readonly token: string }
  | { readonly kind: "prices"; readonly columns: readonly string[] };

/** The first column, which has no name in the file, as it is called here. */
export const TIME_COLUMN = "time";

const PRICE_HEADER = ",token_id,symbol,timestamp,open,high,low,close,volume";
const POOL_HEADER =
  /^,giniCoefficient,shannonsEntropy((?:,[A-Za-z0-9]+\.netSwapFlow,[A-Za-z0-9]+\.netLPFlow)+)$/;
const RETURNS_HEADER = /^timestamp,([A-Za-z0-9]+)\.logReturns$/;

function poolTokens(columns: readonly string[]): readonly TokenFlows[] {
  return columns
    .filter((column) => column.endsWith(".netSwapFlow"))
    .map((column) => {
      const token = column.slice(0, column.indexOf("."));
      const decimals = Object.hasOwn(TOKEN_DECIMALS, token) ? TOKEN_DECIMALS[token] : undefined;
      if (decimals !== undefined) return { token, decimals };
      throw new DataError(`the decimals of the token ${token} are not known`, {
        hints: ["Flows of liquidity are in the token's smallest units and cannot be read without."],
      });
    });
}

/** What a header says. Undefined for one of another format; throws DataError for a pool with a token that is not known. */
export function curveTable(header: string): CurveTable | undefined {
  if (header === PRICE_HEADER) {
    return { kind: "prices", columns: ["index", ...PRICE_HEADER.split(",").slice(1)] };
  }
  const [, token] = RETURNS_HEADER.exec(header) ?? [];
  if (token !== undefined) return { kind: "returns", columns: [TIME_COLUMN, "logReturn"], token };
  if (!POOL_HEADER.test(header)) return undefined;
  const columns = [TIME_COLUMN, ...header.split(",").slice(1)];
  const tokens = poolTokens(columns);
  const paired = tokens.every(({ token: name }) => columns.includes(`${name}.netLPFlow`));
  const distinct = new Set(columns).size === columns.length;
  return paired && distinct ? { kind: "pool", columns, tokens } : undefined;
}
