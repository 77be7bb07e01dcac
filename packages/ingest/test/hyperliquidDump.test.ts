import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BUY, decimal, decimalToNumber, MAKER, SELL, TAKER } from "@aftershock/schema";
import { hyperliquidDump } from "../src/sources/hyperliquid/hyperliquidDump.ts";
import type { MemorySink } from "./memorySink.ts";
import { at, readPath, readText, reasonsOf, recording } from "./readWith.ts";
import { address } from "./samples/hyperliquid.ts";

const read = (...lines: readonly string[]): Promise<MemorySink> =>
  readText(hyperliquidDump, "dump.csv", `${lines.join("\n")}\n`);

const ALICE = address("a");

describe("Hyperliquid's dump of 2023", () => {
  it("gives trades as fills: Bid bought, crossed took; equal lines are different fills", async () => {
    const line = `2023-02-27T15:02:26Z,${ALICE},ETH,Ask,1655.5,0.0452,true`;
    const memory = await read(
      "time,user,coin,side,px,sz,crossed",
      line,
      line,
      line.replace("Ask", "Bid").replace("true", "false"),
      line.replace("Ask", "Sell"),
      line.replace(ALICE, "0x12"),
      line.replace("true", "True"),
      line.replace("T15:", "T25:"),
    );
    const first = {
      line: 2,
      tsEvent: at("2023-02-27T15:02:26Z"),
      account: ALICE,
      side: SELL,
      price: decimal("1655.5"),
      size: decimal("0.0452"),
      liquidity: TAKER,
    };
    expect(memory.of("fills", "hyperliquid:ETH")).toEqual([
      first,
      { ...first, line: 3 },
      { ...first, line: 4, side: BUY, liquidity: MAKER },
    ]);
    expect(reasonsOf(memory)).toEqual([
      'column side: "Sell" is not one of Bid, Ask',
      'user is "0x12", not an address',
      'column crossed: "True" is not one of true, false',
      'column time: "2023-02-27T25:02:26Z" is not a UTC time YYYY-MM-DD HH:MM:SS',
    ]);
  });

  it("gives liquidations and ledger updates as events with their arguments as recorded", async () => {
    const liquidations = await read(
      "time,user,liquidated_ntl_pos,liquidated_account_value,leverage_type",
      `2023-02-28T21:10:23Z,${ALICE},356.80015,2.956494,Cross`,
      `2023-02-28T21:10:23Z,${ALICE},356.80015,2.956494,Both`,
      `2023-02-28T21:10:23Z,${ALICE},,2.956494,Cross`,
    );
    expect(liquidations.of("chain", "hyperliquid:ACCOUNTS")).toEqual([
      {
        line: 2,
        tsEvent: at("2023-02-28T21:10:23Z"),
        event: "Liquidation",
        args: `{"accountValueUsd":"2.956494","leverageType":"Cross","notionalUsd":"356.80015","user":"${ALICE}"}`,
      },
    ]);
    expect(reasonsOf(liquidations)).toEqual([
      'column leverage_type: "Both" is not one of Cross, Isolated',
      'column liquidated_ntl_pos: "" is not a number',
    ]);
    const ledger = await read("time,user,delta_usd", `2023-02-26T17:00:15Z,${ALICE},-1.10`);
    expect(ledger.of("chain")).toEqual([
      expect.objectContaining({
        event: "LedgerUpdate",
        args: `{"deltaUsd":"-1.10","user":"${ALICE}"}`,
      }),
    ]);
  });
});

const TRADES = recording("hyperliquid-2023/non_mm_trades.csv.gz");
describe.skipIf(!existsSync(TRADES))("hyperliquid-2023/non_mm_trades.csv.gz", () => {
  it("holds 35,691 fills of 14 coins, 13,110 of which took", async () => {
    const memory = await readPath(hyperliquidDump, TRADES);
    expect(memory.quarantined).toEqual([]);
    const rows = memory.of("fills");
    expect(rows).toHaveLength(35_691);
    expect(rows.filter(({ liquidity }) => liquidity === TAKER)).toHaveLength(13_110);
    expect(rows.filter(({ side }) => side === BUY)).toHaveLength(17_944);
    expect(new Set(memory.rows.map(({ symbol }) => symbol)).size).toBe(14);
    expect(memory.of("fills", "hyperliquid:ARB")).toHaveLength(17_759);
    expect([rows[0]?.tsEvent, rows.at(-1)?.tsEvent]).toEqual([
      at("2023-02-27T15:02:26Z"),
      at("2023-05-02T13:51:58Z"),
    ]);
    expect(rows.every(({ price, size }) => decimalToNumber(price) > 0 && size.mantissa > 0)).toBe(
      true,
    );
  });
});

for (const [file, event, count, first, last] of [
  ["liquidations.csv", "Liquidation", 62, "2023-02-28T21:10:23Z", "2023-05-01T21:00:07Z"],
  [
    "non_mm_ledger_updates.csv",
    "LedgerUpdate",
    560,
    "2023-02-26T16:44:05Z",
    "2023-05-02T08:31:04Z",
  ],
] as const) {
  const path = recording(`hyperliquid-2023/${file}`);
  describe.skipIf(!existsSync(path))(`hyperliquid-2023/${file}`, () => {
    it(`holds ${count} events`, async () => {
      const memory = await readPath(hyperliquidDump, path);
      expect(memory.quarantined).toEqual([]);
      const rows = memory.of("chain", "hyperliquid:ACCOUNTS");
      expect(rows).toHaveLength(count);
      expect(new Set(rows.map((row) => row.event))).toEqual(new Set([event]));
      expect([rows[0]?.tsEvent, rows.at(-1)?.tsEvent]).toEqual([at(first), at(last)]);
      const cross = rows.filter(({ args }) => args.includes('"leverageType":"Cross"'));
      expect(cross).toHaveLength(event === "Liquidation" ? 54 : 0);
    });
  });
}
