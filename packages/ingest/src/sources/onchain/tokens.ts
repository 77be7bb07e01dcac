/** A token contract: what it is called and how many decimals its amounts have. */
interface Token {
  readonly chain: string;
  readonly address: string;
  readonly symbol: string;
  readonly decimals: number;
}

/**
 * Tokens of the GMX v2 markets that are read. Source: gmx-synthetics config/tokens.ts (Arbitrum), read 2026-11; the last is the
 * synthetic index token of BTC, which has no contract.
 */
const TOKENS: readonly Token[] = [
  {
    chain: "arbitrum",
    address: "0x2f2a2543b76a4166549f7aab2e75bef0aefc5b0f",
    symbol: "WBTC",
    decimals: 8,
  },
  {
    chain: "arbitrum",
    address: "0x82af49447d8a07e3bd95bd0d56f35241523fbab1",
    symbol: "WETH",
    decimals: 18,
  },
  {
    chain: "arbitrum",
    address: "0xaf88d065e77c8cc2239327c5edb3a432268e5831",
    symbol: "USDC",
    decimals: 6,
  },
  {
    chain: "arbitrum",
    address: "0x47904963fc8b2340414262125af798b9655e58cd",
    symbol: "BTC",
    decimals: 8,
  },
];

/** The token at an address, lower case. Undefined for one that is not in the table. */
export const tokenAt = (chain: string, address: string): Token | undefined =>
  TOKENS.find((known) => known.chain === chain && known.address === address);
