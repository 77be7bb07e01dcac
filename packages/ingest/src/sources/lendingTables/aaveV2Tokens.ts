/**
 * How many decimals the amounts of each reserve of Aave v2 on Ethereum have, by the symbol that its subgraph gives: those that do
 * not have 18. Source: the reserves of the Aave v2 subgraph, as tabled in TheRensselaerIDEA/IDEA-Blockchain, DefiResearch/Data, tokens.csv,
 * read 2026-11.
 */
const FEWER_DECIMALS: Readonly<Record<string, number>> = {
  AMPL: 9,
  AmmUSDC: 6,
  AmmUSDT: 6,
  AmmWBTC: 8,
  GUSD: 2,
  USDC: 6,
  USDT: 6,
  WBTC: 8,
};

/** Symbols of reserves with 18 decimals. Same source. */
const EIGHTEEN: ReadonlySet<string> = new Set(
  [
    "AAVE BAL BAT BUSD CRV DAI DPI ENJ FEI FRAX KNC LINK MANA MKR PAX RAI REN RENFIL SNX SUSD TUSD",
    "UNI WETH XSUSHI YFI ZRX AmmDAI AmmWETH AmmBptBALWETH AmmBptWBTCWETH AmmUniAAVEWETH",
    "AmmUniBATWETH AmmUniCRVWETH AmmUniDAIUSDC AmmUniDAIWETH AmmUniLINKWETH AmmUniMKRWETH",
    "AmmUniRENWETH AmmUniSNXWETH AmmUniUNIWETH AmmUniUSDCWETH AmmUniWBTCUSDC AmmUniWBTCWETH",
    "AmmUniYFIWETH",
  ].flatMap((line) => line.split(" ")),
);

/** The decimals of a reserve's amounts. Undefined for a symbol that is not known. */
export const aaveV2Decimals = (symbol: string): number | undefined =>
  Object.hasOwn(FEWER_DECIMALS, symbol)
    ? FEWER_DECIMALS[symbol]
    : EIGHTEEN.has(symbol)
      ? 18
      : undefined;
