import { hyperliquid } from "../../src/sources/hyperliquid/hyperliquid.ts";
import { hyperliquidAdl } from "../../src/sources/hyperliquid/hyperliquidAdl.ts";
import { hyperliquidDump } from "../../src/sources/hyperliquid/hyperliquidDump.ts";
import { ADL_TABLES } from "../../src/sources/hyperliquid/adlTables.ts";
import type { Source } from "../../src/source.ts";
import type { Sample } from "./sample.ts";

const sample = (source: Source, name: string, lines: readonly string[]): Sample => ({
  source,
  name,
  content: `${lines.join("\n")}\n`,
});

/** An address that ends in some digits. */
export const address = (end: string): string => `0x${end.padStart(40, "0")}`;

/** A fill as the node writes it, with some fields changed. */
export const fill = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  coin: "BTC",
  px: "106500.0",
  sz: "0.25",
  side: "A",
  time: 1_760_130_964_831,
  startPosition: "1.5",
  dir: "Close Long",
  closedPnl: "-120.5",
  hash: `0x${"ab".repeat(32)}`,
  oid: 194_018_286_846,
  crossed: true,
  fee: "9.3",
  tid: 771_334_864_158_847,
  feeToken: "USDC",
  twapId: null,
  ...changes,
});

/** A line of fills by block. */
export const block = (...events: readonly unknown[]): string =>
  JSON.stringify({
    local_time: "2025-10-10T21:16:05.012345678",
    block_time: "2025-10-10T21:16:04.831874687",
    block_number: 758_800_641,
    events,
  });

/** A line of the archive of books. */
export const book = (levels: unknown): string =>
  JSON.stringify({
    time: "2025-10-10T21:16:05.112233445",
    ver_num: 1,
    raw: { channel: "l2Book", data: { coin: "ETH", time: 1_760_130_965_000, levels } },
  });

/** A trade as the node writes it, with some fields changed. */
export const trade = (
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  coin: "AAVE",
  side: "B",
  time: "2025-05-25T13:59:59.974190721",
  px: "264.56",
  sz: "0.06",
  hash: `0x${"84".repeat(32)}`,
  trade_dir_override: "Na",
  side_info: [
    { user: address("1"), start_pos: "-153.07", oid: 97_125_228_063, twap_id: null, cloid: null },
    { user: address("2"), start_pos: "-278.05", oid: 97_125_145_866, twap_id: null, cloid: null },
  ],
  ...changes,
});

/** The header of the archive of asset contexts. */
export const CONTEXT_HEADER =
  "time,coin,funding,open_interest,prev_day_px,day_ntl_vlm,premium,oracle_px,mark_px,mid_px,impact_bid_px,impact_ask_px";

const byUser = ADL_TABLES.find(({ name }) => name === "by user")?.columns.join(",") ?? "";
const positions =
  ADL_TABLES.find(({ name }) => name === "final positions")?.columns.join(",") ?? "";

/** One small file of each of the archives, of the dump of 2023 and of the analyses. */
export const samples: readonly Sample[] = [
  sample(hyperliquid, "21.lz4", [
    block(
      [address("1"), fill()],
      [address("2"), fill({ side: "B", crossed: false, dir: "Open Long", fee: "-0.5" })],
    ),
    block(),
    block([
      address("3"),
      fill({
        coin: "xyz:TSLA",
        dir: "Auto-Deleveraging",
        liquidation: { liquidatedUser: address("4"), markPx: "22.025", method: "backstop" },
      }),
    ]),
  ]),
  sample(hyperliquid, "14.lz4", [
    JSON.stringify([address("1"), fill({ coin: "@107", dir: "Buy", side: "B" })]),
    JSON.stringify([address("2"), fill({ coin: "@107", dir: "Sell", crossed: false })]),
  ]),
  sample(hyperliquid, "13.lz4", [
    JSON.stringify(trade()),
    JSON.stringify(trade({ side: "A", trade_dir_override: "LiquidatedMarket" })),
  ]),
  sample(hyperliquid, "ETH.lz4", [
    book([
      [
        { px: "3801.2", sz: "12.5", n: 3 },
        { px: "3801.1", sz: "0.4", n: 1 },
      ],
      [{ px: "3801.3", sz: "7", n: 2 }],
    ]),
    book([[], []]),
  ]),
  sample(hyperliquid, "20251010.csv.lz4", [
    CONTEXT_HEADER,
    "2025-10-10T21:16:00Z,BTC,0.0000125,35000.5,121000.0,5000000.5,-0.0004,108500.0,108340.0,108345.5,108300.1,108390.9",
    "2025-10-10T21:16:00Z,kPEPE,0.0000125,0.0,0.01,0.0,,0.009,0.0089,0.0,null,",
  ]),
  sample(hyperliquidDump, "non_mm_trades.csv", [
    "time,user,coin,side,px,sz,crossed",
    `2023-02-27T15:02:26Z,${address("1")},ETH,Ask,1655.5,0.0452,true`,
  ]),
  sample(hyperliquidDump, "liquidations.csv", [
    "time,user,liquidated_ntl_pos,liquidated_account_value,leverage_type",
    `2023-02-28T21:10:23Z,${address("1")},356.80015,2.956494,Cross`,
  ]),
  sample(hyperliquidDump, "non_mm_ledger_updates.csv", [
    "time,user,delta_usd",
    `2023-02-26T17:00:15Z,${address("1")},-1.1`,
  ]),
  sample(hyperliquidAdl, "adl_by_user.csv", [
    byUser,
    `${address("1")},7240.5,2300.34,0.71,31.77,10164.96,False,1`,
  ]),
  sample(hyperliquidAdl, "positions.csv", [
    positions,
    `${address("1")},BTC,SHORT,0.037680000000000005,105895.6,108340.0,0.6,,0.6,0.0,,,False,True,4,False`,
  ]),
  sample(hyperliquidAdl, "timeline.json", [
    '{"event_start":"2025-10-10T21:15:03.127372+00:00","timeline":[{"second":0,"liquidations":104,"adls":0},{"second":61,"liquidations":7,"adls":7}]}',
  ]),
];
