import { describe, expect, it } from "vitest";
import {
  BUY,
  decimal,
  METHOD_ADL,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  PRICE_FILL,
  SELL,
} from "@aftershock/schema";
import { ADL_TABLES, type AdlTable } from "../src/sources/hyperliquid/adlTables.ts";
import { hyperliquidAdl } from "../src/sources/hyperliquid/hyperliquidAdl.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, notesOf, readText, reasonsOf } from "./readWith.ts";
import { address } from "./samples/hyperliquid.ts";

const ALICE = address("a");
const EVENT = { tsEvent: at("2025-10-10T21:15:00Z"), intervalMicros: 12 * MICROS_PER_MINUTE };

/** Reads a table of which only some cells are given, the others empty. */
function read(
  table: AdlTable,
  ...rows: readonly Readonly<Record<string, string>>[]
): Promise<MemorySink> {
  const columns = ADL_TABLES.find(({ name }) => name === table)?.columns ?? [];
  const lines = rows.map((row) => columns.map((column) => row[column] ?? "").join(","));
  return readText(hyperliquidAdl, "t.csv", `${[columns.join(","), ...lines].join("\n")}\n`);
}

describe("tables of figures about the deleveraging", () => {
  it("by user give each account's figures over the event", async () => {
    const memory = await read("by user", {
      user: ALICE,
      adl_notional: "7240.5",
      is_negative_equity: "True",
      num_adl_events: "2",
    });
    const row = { line: 2, ...EVENT, account: ALICE };
    expect(memory.of("measures", "hyperliquid:ACCOUNTS")).toEqual([
      { ...row, measure: "accountAdlNotionalUsd", value: 7_240.5 },
      { ...row, measure: "isNegativeEquity", value: 1 },
      { ...row, measure: "accountAdlEvents", value: 2 },
    ]);
    expect(memory.datasets).toEqual(["by user"]);
  });

  it("by coin are of the coin; a wave lasts from its first to its last instant, and one of an instant not at all", async () => {
    const coins = await read("net volume", {
      ticker: "kPEPE",
      net_volume: "5",
      num_adl_events: "1",
    });
    expect(coins.rows.map(({ symbol, row }) => [symbol, row.tsEvent])).toEqual([
      ["kPEPE", EVENT.tsEvent],
      ["kPEPE", EVENT.tsEvent],
    ]);
    const waves = await read(
      "losers by wave",
      { wave: "1", t_start_ms: "1760130964831", t_end_ms: "1760130964831", deficit_usd: "10.5" },
      { wave: "8", t_start_ms: "1760131103989", t_end_ms: "1760131107044", deficit_usd: "11" },
      { wave: "9", t_start_ms: "1760131107044", t_end_ms: "1760131103989", deficit_usd: "11" },
    );
    expect(waves.of("measures", "hyperliquid:ALL")).toEqual([
      { line: 2, tsEvent: 1_760_130_964_831_000, measure: "wave", value: 1 },
      { line: 2, tsEvent: 1_760_130_964_831_000, measure: "loserDeficitUsd", value: 10.5 },
      {
        line: 3,
        tsEvent: 1_760_131_103_989_000,
        intervalMicros: 3_055_000,
        measure: "wave",
        value: 8,
      },
      {
        line: 3,
        tsEvent: 1_760_131_103_989_000,
        intervalMicros: 3_055_000,
        measure: "loserDeficitUsd",
        value: 11,
      },
    ]);
    expect(reasonsOf(waves)).toEqual([
      'column t_end_ms: "1760131103989" is not a time after t_start_ms',
    ]);
  });

  it("are quarantined for an account, a coin or a figure that is none", async () => {
    const users = await read(
      "by user",
      { user: "0x1", adl_notional: "1" },
      { user: ALICE, adl_notional: "much" },
      { user: ALICE },
    );
    const coins = await read("net volume", { ticker: "a b", net_volume: "1" });
    expect([...reasonsOf(users), ...reasonsOf(coins)]).toEqual([
      'user is "0x1", not an address',
      'column adl_notional: "much" is not a number',
      'column adl_notional: "" is not a figure, and no other column holds one',
      '"a b" is not the name of a coin',
    ]);
  });
});

describe("deleveraged positions", () => {
  const short = {
    user: ALICE,
    coin: "BTC",
    time: "1760131026037",
    adl_price: "108416.0",
    adl_size: "0.00153",
    closed_pnl: "7.20171",
    position_size: "-0.00306",
    entry_price: "116332.0",
    account_value_realtime: "0.000005",
    total_equity: "11.5",
    leverage_realtime: "33175295.99",
    position_unrealized_pnl: "12.1",
    liquidated_user: address("b"),
  };

  it("of a short are closed by a buy; the position is as it was before", async () => {
    const memory = await read("deleveraged positions", short);
    const origin = { line: 2, tsEvent: 1_760_131_026_037_000, account: ALICE };
    expect(memory.of("liquidations", "hyperliquid:BTC")).toEqual([
      {
        ...origin,
        side: BUY,
        price: decimal("108416"),
        size: decimal("0.00153"),
        method: METHOD_ADL,
        priceKind: PRICE_FILL,
      },
    ]);
    expect(memory.of("positions", "hyperliquid:BTC")).toEqual([
      {
        ...origin,
        side: SELL,
        size: decimal("0.00306"),
        entryPrice: 116_332,
        collateral: 0.000_005,
        leverage: 33_175_295.99,
        unrealisedPnl: 12.1,
      },
    ]);
    expect(memory.of("measures")).toEqual([
      { ...origin, measure: "accountEquityUsd", value: 11.5 },
      { ...origin, measure: "adlClosedPnlUsd", value: 7.20171 },
    ]);
    expect(notesOf(memory)).toEqual({});
  });

  it("of a long are closed by a sale", async () => {
    const memory = await read("deleveraged positions", { ...short, position_size: "0.015" });
    expect([memory.of("liquidations")[0]?.side, memory.of("positions")[0]?.side]).toEqual([
      SELL,
      BUY,
    ]);
  });
});

describe("final positions", () => {
  const final = (changes: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
    user_address: ALICE,
    asset: "BTC",
    side: "SHORT",
    position_size: "0.25",
    mark_price: "108340.0",
    realized_pnl: "-5.5",
    unrealized_pnl: "1.25",
    was_liquidated: "False",
    was_adl: "True",
    trades_count: "4",
    ...changes,
  });

  it("are as they were at the end of the event, with what their accounts went through in it", async () => {
    const memory = await read("final positions", final({}));
    expect(memory.of("positions", "hyperliquid:BTC")).toEqual([
      {
        line: 2,
        tsEvent: at("2025-10-10T21:27:00Z"),
        account: ALICE,
        side: SELL,
        size: decimal("0.25"),
        markPrice: 108_340,
        unrealisedPnl: 1.25,
      },
    ]);
    const row = { line: 2, ...EVENT, account: ALICE };
    expect(memory.of("measures")).toEqual([
      { ...row, measure: "realisedPnlUsd", value: -5.5 },
      { ...row, measure: "fills", value: 4 },
      { ...row, measure: "wasLiquidated", value: 0 },
      { ...row, measure: "wasDeleveraged", value: 1 },
    ]);
  });

  it("summed up in floats are brought back to eight decimals and counted", async () => {
    const memory = await read(
      "final positions",
      final({ position_size: "0.037680000000000005" }),
      final({ position_size: "4.440892098500626e-16" }),
      final({ position_size: "1e17" }),
      final({ side: "BOTH" }),
    );
    expect(memory.of("positions").map(({ size }) => size)).toEqual([
      decimal("0.03768"),
      decimal("0"),
    ]);
    expect(notesOf(memory)).toEqual({ "positions hyperliquid:BTC sizeRounded": 2 });
    expect(reasonsOf(memory)).toEqual([
      'column position_size: "1e17" is not a size that fits 2^53',
      'column side: "BOTH" is not one of LONG, SHORT',
    ]);
  });
});

describe("the timeline", () => {
  const timeline = (document: unknown): Promise<MemorySink> =>
    readText(hyperliquidAdl, "timeline.json", JSON.stringify(document));

  it("counts liquidations and deleveraged positions by second since the first liquidation", async () => {
    const memory = await timeline({
      event_start: "2025-10-10T21:15:03.127372+00:00",
      timeline: [{ second: 61, liquidations: 7, adls: 5 }],
    });
    const second = {
      line: 1,
      tsEvent: at("2025-10-10T21:16:04Z") + 127_372,
      intervalMicros: MICROS_PER_SECOND,
    };
    expect(memory.of("measures", "hyperliquid:ALL")).toEqual([
      { ...second, measure: "liquidationEvents", value: 7 },
      { ...second, measure: "adlEvents", value: 5 },
    ]);
  });

  it("is one record, all or nothing", async () => {
    const bad = [
      { event_start: "now", timeline: [] },
      { event_start: "2025-10-10T21:15:03Z", timeline: [] },
      {
        event_start: "2025-10-10T21:15:03Z",
        timeline: [{ second: 1, liquidations: 1, adls: 1 }, 7],
      },
      {
        event_start: "2025-10-10T21:15:03Z",
        timeline: [{ second: 90_000, liquidations: 1, adls: 1 }],
      },
    ];
    const memories = await Promise.all(bad.map(timeline));
    expect(memories.map((memory) => [memory.rows.length, ...reasonsOf(memory)])).toEqual([
      [0, 'event_start is "now", not a UTC time YYYY-MM-DD HH:MM:SS'],
      [0, "the timeline is empty"],
      [0, "timeline holds an entry that is no object"],
      [0, "second 90000 of the timeline is not within a day"],
    ]);
    const cut = await readText(
      hyperliquidAdl,
      "t.json",
      '{"event_start":"2025-10-10T21:15:03Z","timel',
    );
    expect(reasonsOf(cut)).toEqual(["the JSON is broken or cut"]);
  });
});
