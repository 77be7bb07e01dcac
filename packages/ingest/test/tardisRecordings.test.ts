import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  MESSAGE_END,
  SNAPSHOT,
  SNAPSHOT_START,
  decimalToNumber,
  type StreamName,
} from "@aftershock/schema";
import { openFile } from "../src/files/openFile.ts";
import { tardis } from "../src/sources/tardis/tardis.ts";
import { memorySink, type MemorySink } from "./memorySink.ts";

const DATA = resolve(import.meta.dirname, "../../../../shared/data/orderbook");

async function readRecording(path: string): Promise<MemorySink> {
  const memory = memorySink();
  await tardis.createReader({}).read(await openFile(path), memory.sink);
  return memory;
}

const SAMPLES: readonly (readonly [file: string, stream: StreamName, id: string, rows: number])[] =
  [
    ["binance-futures_book_snapshot_25_BTCUSDT.csv", "book", "binance-usdm:BTCUSDT", 500],
    ["binance-futures_book_snapshot_5_BTCUSDT.csv", "book", "binance-usdm:BTCUSDT", 100],
    ["bitmex_trades_XBTUSD.csv", "trades", "bitmex:XBTUSD", 10],
    ["deltas_with_snapshot.csv", "book", "binance-usdm:BTCUSDT", 9],
    ["deribit_incremental_book_L2_BTC-PERPETUAL.csv", "book", "deribit:BTC-PERPETUAL", 15],
    ["derivative_ticker_1.csv", "tickers", "bitmex:XBTUSD", 2],
    ["huobi-dm-swap_quotes_BTC-USD.csv", "quotes", "huobi-dm-swap:BTC-USD", 10],
    ["options_chain.csv", "options", "deribit:BTC-OPTIONS", 5],
  ];

for (const [file, stream, id, rows] of SAMPLES) {
  const path = resolve(DATA, "tardis-schema-samples", file);
  describe.skipIf(!existsSync(path))(`tardis sample ${file}`, () => {
    it(`gives ${rows} rows of ${stream} of ${id} and nothing bad`, async () => {
      const memory = await readRecording(path);
      expect(memory.of(stream, id)).toHaveLength(rows);
      expect(memory.quarantined).toEqual([]);
      expect(memory.skipped.map(({ reason }) => reason)).toEqual(["header"]);
    });
  });
}

const deltas = resolve(DATA, "tardis-schema-samples/deltas_with_snapshot.csv");
describe.skipIf(!existsSync(deltas))("tardis sample deltas_with_snapshot.csv", () => {
  it("holds two snapshots of two rows and five single updates", async () => {
    const memory = await readRecording(deltas);
    const start = SNAPSHOT_START | SNAPSHOT;
    const end = SNAPSHOT | MESSAGE_END;
    expect(memory.of("book").map((row) => row.flags)).toEqual([
      start,
      end,
      MESSAGE_END,
      MESSAGE_END,
      MESSAGE_END,
      start,
      end,
      MESSAGE_END,
      MESSAGE_END,
    ]);
  });
});

const trades = resolve(DATA, "tardis_binance-futures_BTCUSDT_trades_20200222.csv.gz");
describe.skipIf(!existsSync(trades))(
  "tardis_binance-futures_BTCUSDT_trades_20200222.csv.gz",
  () => {
    it("gives 9,999 trades with contiguous ids, both sides, and its first and last price", async () => {
      const memory = await readRecording(trades);
      const rows = memory.of("trades", "binance-usdm:BTCUSDT");
      expect(rows).toHaveLength(9_999);
      expect(memory.quarantined).toEqual([]);
      const ids = rows.map((row) => Number(row.tradeId));
      expect(ids.every((id, place) => place === 0 || id === (ids[place - 1] ?? 0) + 1)).toBe(true);
      expect(new Set(rows.map((row) => row.side))).toEqual(new Set([1, -1]));
      expect(rows.map((row) => decimalToNumber(row.price)).at(0)).toBe(9682);
      expect(rows.at(-1)).toMatchObject({
        tsEvent: 1_582_337_147_728_000,
        tsRecv: 1_582_337_147_852_384,
        tradeId: "42387942",
        side: -1,
        price: { mantissa: 966_684, decimals: 2 },
        size: { mantissa: 7, decimals: 2 },
        line: 10_000,
      });
    });
  },
);
