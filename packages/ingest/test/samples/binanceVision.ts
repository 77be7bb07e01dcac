import { binanceVision } from "../../src/sources/binance-vision/binanceVision.ts";
import type { Sample } from "./sample.ts";

const sample = (name: string, lines: readonly string[], hints: Sample["hints"] = {}): Sample => ({
  source: binanceVision,
  hints,
  name,
  content: `${lines.join("\n")}\n`,
});

/** One small file of every set of Binance's archive. */
export const samples: readonly Sample[] = [
  sample("BTCUSDT-aggTrades-2024-08-05.csv", [
    "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker",
    "700,58000.10,0.015,1000,1002,1722816000005,true",
    "701,58000.20,2.000,1003,1003,1722816000006,false",
    "702,57999.90,0.100,1004,1009,1722816000006,true",
  ]),
  sample("BTCUSDT-trades-2025-01-01.csv", [
    "1000,93000.01000000,0.00012000,11.16000120,1735689600123456,False,True",
    "1001,93000.02000000,0.10000000,9300.00200000,1735689600123999,True,True",
  ]),
  sample(
    "LUNAUSDT-1m-2022-05.csv",
    [
      "1651363200000,78.10,78.19,78.02,78.05,4371.65,1651363259999,341398.14,475,2199.54,171804.13,0",
      "1651363260000,78.05,78.05,77.88,77.91,3467.23,1651363319999,270289.11,426,617.26,48119.20,0",
      "1651363320000,77.91,77.91,77.91,77.91,0,1651363379999,0,0,0,0,0",
    ],
    { venue: "binance" },
  ),
  sample(
    "BTCUSDT-1m-2024-08-05.csv",
    [
      "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore",
      "1722816000000,58000.1,58010.2,57990.3,58005.4,0,1722816059999,0,60,0,0,0",
    ],
    { symbol: "BTCUSDT@mark" },
  ),
  sample("BTCUSDT-fundingRate-2024-08.csv", [
    "calc_time,funding_interval_hours,last_funding_rate",
    "1722816000007,8,-0.00012345",
    "1722844800000,8,0.00010000",
  ]),
  sample("BTCUSD_PERP-metrics-2024-08-05.csv", [
    "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio",
    '2024-08-05 00:05:00,BTCUSD_PERP,5578700.0,18265.009,"","","",0.00855776',
    "2024-08-05 00:00:00,BTCUSD_PERP,5578209.0,18261.906,1.5,1.25,0.75,1.1964513",
  ]),
  sample("BTCUSDT-bookTicker-2024-03-01.csv", [
    "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time",
    "4000000000100,58000.10000000,3.00000000,58000.20000000,0.50000000,1709251200001,1709251200004",
    "4000000000101,58000.10000000,2.00000000,58000.20000000,0.50000000,1709251200002,1709251200005",
  ]),
  sample("BTCUSDT-bookDepth-2024-08-05.csv", [
    "timestamp,percentage,depth,notional",
    "2024-08-05 00:00:07,-1,120.5,6989000.25",
    "2024-08-05 00:00:07,1,130.5,7569000.75",
  ]),
  sample("BTCUSD_PERP-liquidationSnapshot-2024-08-05.csv", [
    "time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,accumulated_fill_quantity",
    "1722816000000,SELL,LIMIT,IOC,10,57000.5,57900.1,FILLED,3,7",
    "1722816000000,SELL,LIMIT,IOC,10,57000.5,57900.1,FILLED,3,7",
    "1722816003000,BUY,LIMIT,IOC,1,58900.5,58000.1,FILLED,1,1",
  ]),
  sample("BTCUSDT_T_DEPTH_2022-11-01_depth_update.csv", [
    "symbol,timestamp,first_update_id,last_update_id,side,update_type,price,qty,pu",
    "BTCUSDT,1667260800000,101,103,b,set,20472.70,1.5,100",
    "BTCUSDT,1667260800000,101,103,a,set,20472.80,0.000,100",
    "BTCUSDT,1667260800001,110,111,a,set,20473.00,2,103",
  ]),
  sample("BTCBVOLUSDT-BVOLIndex-2023-07-01.csv", [
    "calc_time,symbol,base_asset,quote_asset,index_value",
    "1688169600000,BTCBVOLUSDT,BTCBVOL,USDT,45.1234",
  ]),
  sample("BTCUSDT-EOHSummary-2023-10-23.csv", [
    "date,hour,symbol,underlying,type,strike,open,high,low,close,volume_contracts,volume_usdt,best_bid_price,best_ask_price,best_bid_qty,best_ask_qty,best_buy_iv,best_sell_iv,mark_price,mark_iv,delta,gamma,vega,theta,openinterest_contracts,openinterest_usdt",
    "2023-10-23,0,BTC-231027-33000-C,BTCUSDT,C,231027-33000,1,1,1,900,2,3,950,1050,1,2,0.54,0.56,1000,0.55,0.5,0.0001,20,-30,12.5,400000",
    "2023-10-23,0,BTC-231027-33000-P,BTCUSDT,P,231027-33000,1,1,1,900,2,3,950,1050,1,2,0.54,0.56,1000,0.55,-0.5,0.0001,20,-30,12.5,400000",
  ]),
];
