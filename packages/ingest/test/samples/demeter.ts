import { demeter } from "../../src/sources/demeter/demeter.ts";
import type { Sample } from "./sample.ts";

const token = `0x${"ab".repeat(20)}`;
const account = `0x${"cd".repeat(20)}`;
const hash = `0x${"5e".repeat(32)}`;

export const AAVE = `block_timestamp,liquidity_rate,stable_borrow_rate,variable_borrow_rate,liquidity_index,variable_borrow_index
2024-01-06 00:00:00,,,,,
2024-01-06 00:01:00,0.031200000000000000000000001,0.065,0.052,1.01,1.02
`;

export const UNISWAP = `timestamp,netAmount0,netAmount1,closeTick,openTick,lowestTick,highestTick,inAmount0,inAmount1,currentLiquidity
2024-01-06 00:00:00,-1500000,750000000000000000,-201000,-201010,-201012,-200999,0,750000000000000000,9000000000000000001
`;

export const SQUEETH = `block_timestamp,norm_factor,WETH,OSQTH
2024-01-06 00:00:00,0.25,2200.5,0.05
`;

export const PRICES = `,WETH,USDC
2024-01-06 00:00:00,2200.51,1
`;

export const GAS_PRICES = `block_timestamp,gas_price
2024-01-06 00:00:00,61.25
2024-01-06 00:01:00,
`;

export const ACTIONS = `block_number,block_timestamp,tx_type,transaction_hash,transaction_index,log_index,reserve,owner,amount,liquidator,debt_asset,debt_amount,atoken
500,2024-01-06 00:00:01,AAVE_SUPPLY,${hash},1,7,${token},${account},123456789012345678901,,,,
501,2024-01-06 00:00:05,AAVE_REPAY,${hash},1,9,${token},${account},5,,,,1.0
502,2024-01-06 00:00:07,AAVE_LIQUIDATION,${hash},1,11,${token},${account},40,${account},${token},30,0.0
`;

const WBTC = "0x2f2a2543b76a4166549f7aab2e75bef0aefc5b0f";
const USDC = "0xaf88d065e77c8cc2239327c5edb3a432268e5831";

const price = (integer: string): string => `"{'min': ${integer}, 'max': ${integer}}"`;

/** A pool worth 70 million USD at 80,000 USD a bitcoin, and a token whose decimals are not known. */
export const GMX = `timestamp,height,${WBTC},${USDC},${token},market_tokens_price,poolValue,longPnl,shortPnl,netPnl,longTokenAmount,shortTokenAmount,longTokenUsd,shortTokenUsd,totalBorrowingFees,borrowingFeePoolFactor,impactPoolAmount,tx_hash
1744000000,320000000,${price(`8${"0".repeat(26)}`)},${price(`1${"0".repeat(24)}`)},${price("7")},2100000000000000000000000000000,70${"0".repeat(36)},-25${"0".repeat(35)},0,-25${"0".repeat(35)},46000000000,35000000000000,368${"0".repeat(35)},35${"0".repeat(36)},97${"0".repeat(33)},63${"0".repeat(28)},4300000000,${hash}
`;

export const samples: readonly Sample[] = [
  { source: demeter, name: `polygon-aave_v3-${token}-2024-01-06.minute.csv`, content: AAVE },
  { source: demeter, name: `polygon-${token}-2024-01-06.minute.csv`, content: UNISWAP },
  { source: demeter, name: "squeeth.csv", content: SQUEETH },
  { source: demeter, name: "price.csv", content: PRICES },
  { source: demeter, name: "polygon_gas.csv", content: GAS_PRICES },
  { source: demeter, name: `polygon-aave_v3-${token}-2024-01-06.tick.csv`, content: ACTIONS },
  { source: demeter, name: `PoolNetValue-${token}-2025-04-07.csv`, content: GMX },
];
