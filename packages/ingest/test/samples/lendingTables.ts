import { aavePositions } from "../../src/sources/aavePositions/aavePositions.ts";
import { dune } from "../../src/sources/dune/dune.ts";
import { aaveV2Liquidations } from "../../src/sources/lendingTables/aaveV2Liquidations.ts";
import { compoundV3Liquidations } from "../../src/sources/lendingTables/compoundV3Liquidations.ts";
import { crvusdLiquidations } from "../../src/sources/lendingTables/crvusdLiquidations.ts";
import type { Sample } from "./sample.ts";

export const MAIN_MARKET = "0xb53c1a33016b2dc2ff3653530bff1848a515c8c5";
export const USER = `0x${"cd".repeat(20)}`;
export const LIQUIDATOR = `0x${"ef".repeat(20)}`;
export const HASH = `0x${"5e".repeat(32)}`;

/** One made-up liquidation of each regime: smallest units, then decimals. */
export const AAVE_V2 = `collateralAmount,collateralReserve,pool,principalAmount,principalReserve,timestamp,user,type,priceUSDTCollateral,reservePriceETHPrincipal,reservePriceUSDPrincipal,reservePriceETHCollateral,reservePriceUSDCollateral,amountUSDPincipal,amountUSDCollateral,liquidator,amountETHPincipal,amountETHCollateral,amountUSDPrincipal,principalCollateralStability,principalStability,collateralStability
1250000000000000001,WETH,${MAIN_MARKET},250005,GUSD,1621400000,${USER},liquidation,400000000000000.0,450000000000000.0,0.9,,,55555.5,,,,,,,,
0.75,WBTC,${MAIN_MARKET},2e-05,USDC,1642900000,${USER},liquidation,,0.0004,1.0,15.5,36000.0,,27000.0,${LIQUIDATOR},8e-09,11.625,20000.0,Stable-Unstable,True,False
`;

export const COMPOUND_V3 = `chain,comet,date,timestamp,tx_hash,borrower,value_liquidated_usd,available_incentive_usd,svr_routed,gross_recaptured_eth,dao_55_eth,chainlink_45_eth
Base,cUSDCv3,2025-10-10,1760131200,${HASH},${USER},1234.5,61.7,unknown,,,
Ethereum,cUSDTv3,2025-10-10,1760131212,${HASH},${USER},900.0,45.0,true,0.01,0.0055,4.5e-03
`;

const hard = {
  network: "arbitrum",
  controller: `0x${"Ab".repeat(20)}`,
  block_number: 300,
  liquidation_time: "2024-08-05T06:07:08+00:00",
  tx_hash: HASH,
  liquidator: LIQUIDATOR,
  user: USER,
  collateral_received: 2.5,
  stablecoin_received: 10,
  debt_repaid: 5_000.25,
  liquidation_discount: 6,
  user_loss_amount: 300.015,
  total_loss_value: 5_300.265,
  user_loss_percent: 6,
  collateral_token: "WETH",
  platform: "LlamaLend",
};

const soft = {
  platform: "crvUSD",
  chain_name: "ETHEREUM",
  chain_id: 1,
  market_id: 7,
  market_name: "WETH-crvUSD",
  user: USER,
  segment_id: 4,
  collateral_token: "WETH",
  collateral_amount: 1.5,
  collateral_up_amount: 2,
  debt: 4_000.5,
  price_oracle: 2_500.25,
  tvl_usd: 3_750.375,
  start_time: "2025-02-03T02:00:00Z",
  end_time: "2025-02-03T04:00:00Z",
  duration_hours: 0,
  data_points: 2,
  soft_liquidation_count: 2,
};

const { segment_id: _, ...unsegmented } = soft;
/** The same segment as the file of February 2025 has it: debt and price in units of 10^-18. */
const rawSoft = {
  ...unsegmented,
  debt: 4.0005e21,
  price_oracle: 2.50025e21,
  tvl_usd: 3.750375e21,
};

export const CRVUSD_HARD = JSON.stringify([hard], undefined, 2);
export const CRVUSD_SOFT = JSON.stringify([soft, rawSoft], undefined, 2);

export const POSITIONS_V2 = `,user,collateral,debt,available_borrow,threshold,ltv,healthf,amount,ethdebt,collateral_steth_calc,diff_collateral,diff_debt
0,${USER},100.5,40.25,0,8200,7100,2.0474534161490683,90.5,40.25,90.25,0.1,0.0
`;

export const POSITIONS_V3 = `,user,collateral,debt,available_borrow,threshold,ltv,healthf,amount,ethdebt,emode,cbeth_collateral,reth_collateral,reth_price,cbeth_price,eth_price,steth_price,collateral_reth_calc,collateral_cbeth_calc,collateral_steth_calc,ethdebt_calc,diff_collateral,diff_debt,usdc,usdc_price,usdc_decimals,usdc_threshold,usdc_ethreshold,usdc_debt,debt_stable_calc,diff_debt_stable,usdc_collateral,collateral_stable_calc
0,${USER},200000.0,50000.0,0,9300,9000,3.72,100.0,0.0,1,0.0,0.0,1850.0,1780.0,1720.0,1940.0,0.0,0.0,194000.0,0.0,0.0,0.0,50005000000.0,99990000,6,0.76,0,50000.0,50000.0,0.0,6000000000,6000.0
`;

export const DUNE_EVENTS = `contract_address,evt_tx_hash,evt_tx_from,evt_tx_to,evt_tx_index,evt_index,evt_block_time,evt_block_number,evt_block_date,amount,borrowRate,interestRateMode,onBehalfOf,referralCode,reserve,user
${LIQUIDATOR},${HASH},${USER},${LIQUIDATOR},,702,23/12/2025 9:16,24070000,23/12/2025 0:00,30000000,4.08E+25,2,${USER},0,${LIQUIDATOR},${USER}
${LIQUIDATOR},${HASH},${USER},${LIQUIDATOR},3,703,2025-12-23 09:16:23.000 UTC,24070000,2025-12-23,30000001,40800000000000000000000001,2,${USER},0,${LIQUIDATOR},${USER}
`;

export const DUNE_PRICES = `minute,symbol,price
24/12/2025 9:30,WETH,2900.5
2025-12-24 09:31:00.000 UTC,WETH,2901
`;

export const FLIPSIDE_SWAPS = `TX_HASH,PLATFORM,SYMBOL_IN,SYMBOL_OUT,BLOCK_NUMBER,BLOCK_TIMESTAMP,BTC_SPOT_PRICE_USD
${HASH},uniswap-v3,WETH,WBTC,24080000,2025-12-24T09:18:23.000Z,86900.5
`;

export const FLIPSIDE_BLOCKS = `AVG_PRICE,MAX_PRICE,MIN_PRICE,SWAP_COUNT,BLOCK_NUMBER,PRICE_STDDEV,BLOCK_TIMESTAMP,VOLATILITY_FLAG,TOTAL_VOLUME_USD
86900.5,86901,86900,2,24080000,0.5,2025-12-24T09:18:23.000Z,NORMAL,1500.25
86900,86900,86900,1,24080001,,2025-12-24T09:18:35.000Z,NORMAL,10
`;

export const samples: readonly Sample[] = [
  { source: aaveV2Liquidations, name: "liquidations.csv", content: AAVE_V2 },
  { source: compoundV3Liquidations, name: "liquidations.csv", content: COMPOUND_V3 },
  { source: crvusdLiquidations, name: "hard.json", content: CRVUSD_HARD },
  { source: crvusdLiquidations, name: "soft.json", content: CRVUSD_SOFT },
  {
    source: aavePositions,
    hints: { date: "2023-06-21" },
    name: "bin.csv",
    content: POSITIONS_V2,
  },
  {
    source: aavePositions,
    hints: { date: "2023-06-21" },
    name: "bin_v3.csv",
    content: POSITIONS_V3,
  },
  { source: dune, hints: { venue: "ethereum" }, name: "events.csv", content: DUNE_EVENTS },
  { source: dune, name: "prices.csv", content: DUNE_PRICES },
  { source: dune, hints: { venue: "ethereum" }, name: "swaps.csv", content: FLIPSIDE_SWAPS },
  { source: dune, hints: { venue: "ethereum" }, name: "blocks.csv", content: FLIPSIDE_BLOCKS },
];
