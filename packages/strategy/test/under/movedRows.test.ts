import { NO_ANSWER, type PathAnswer } from "@aftershock/cascade";
import { type Batch, MICROS_PER_DAY } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { ChainAssembler } from "../../src/market/chainAssembler.ts";
import { modelPremium } from "../../src/market/chainDiagnostics.ts";
import { MovedRows } from "../../src/scenarios/movedRows.ts";
import { INSTRUMENT } from "../scenarios/world.ts";
import { chainStream, tickerStream } from "../syntheticMarket.ts";

const AT = 1_000_000;
const EXPIRY = AT + 30 * MICROS_PER_DAY;

async function batchOf<S extends "options" | "tickers">(
  stream: S,
  from: ReturnType<typeof chainStream>,
): Promise<Batch<S>> {
  for await (const batch of from.batches()) {
    if (batch.stream === stream) return batch as Batch<S>;
  }
  throw new Error("no batch");
}

const OPTIONS = [
  { symbol: "P", right: -1, strike: 60_000, bid: 0.0201, ask: 0.0205, mark: 0.0203, iv: 0.6 },
  { symbol: "FAR", right: -1, strike: 30_000, bid: 0.0001, ask: 0.0003, mark: 0.0002, iv: 0.6 },
  { symbol: "NONE", right: 1, strike: 70_000, ask: 0.01, mark: 0.009 },
] as const;
const chainOf = (coin: string) =>
  chainStream(coin, [
    { at: AT, index: 64_000, options: OPTIONS.map((one) => ({ ...one, expiry: EXPIRY })) },
  ]);

function movedBy(answer: PathAnswer): MovedRows {
  return new MovedRows({ instrument: INSTRUMENT, answer: () => answer, bestBid: () => Number.NaN });
}
const UP: PathAnswer = { ...NO_ANSWER, price: 1.03, mark: 1.02, index: 1.01 };
const times = new Float64Array(8).fill(AT);

const quotesOf = (batch: Batch<"options">) => {
  const assembler = new ChainAssembler();
  for (let row = 0; row < batch.length; row += 1) {
    const chain = assembler.add(batch, row, AT);
    if (chain !== undefined) return chain;
  }
  throw new Error("no chain");
};

describe("rows under a scenario", () => {
  it("are the recorded batch itself where nothing differs", async () => {
    const chain = await batchOf("options", chainOf("BTC"));
    const tickers = await batchOf("tickers", tickerStream("BTC-PERPETUAL", [{ at: AT, mark: 1 }]));
    const rows = movedBy(NO_ANSWER);
    expect(rows.options(chain, 0, 3, times)).toBe(chain);
    expect(rows.tickers(tickers, 0, 1)).toBe(tickers);
    expect(rows.left).toEqual([]);
  });

  it("have options by Black-76 at the recorded volatility on the moved future, quotes in whole ticks", async () => {
    const chain = await batchOf("options", chainOf("BTC"));
    const rows = movedBy(UP);
    const before = quotesOf(chain);
    const after = quotesOf(rows.options(chain, 0, 3, times));
    expect(after.indexPrice).toBeCloseTo(64_000 * 1.01, 6);
    const [put, moved] = [before.quotes.get("P")!, after.quotes.get("P")!];
    const change = (modelPremium(moved, AT) ?? 0) - (modelPremium(put, AT) ?? 0);
    expect(change).toBeLessThan(-0.001);
    expect((moved.mark ?? 0) - (put.mark ?? 0)).toBeCloseTo(change, 12);
    expect((moved.bid ?? 0) - (put.bid ?? 0)).toBeCloseTo(change, 4);
    expect((moved.ask ?? 0) - (moved.bid ?? 0)).toBeCloseTo(0.0004, 4);
    expect(Number.isInteger(Math.round((moved.bid ?? 0) * 1e8) / 1e4)).toBe(true);
    // Worth less than a tick: nobody bids for it, and it is still offered.
    const far = after.quotes.get("FAR");
    expect(far?.bid === undefined || far.bid > 0).toBe(true);
    expect(far?.ask).toBeGreaterThan(0);
  });

  it("leave as recorded what cannot be priced and other coins, and say so", async () => {
    const rows = movedBy(UP);
    const chain = await batchOf("options", chainOf("BTC"));
    const none = quotesOf(rows.options(chain, 0, 3, times)).quotes.get("NONE");
    expect([none?.ask, none?.mark]).toEqual([0.01, 0.009]);
    const ether = await batchOf("options", chainOf("ETH"));
    expect(rows.options(ether, 0, 3, times)).toBe(ether);
    rows.options(ether, 0, 2, times);
    expect(rows.left).toEqual([
      {
        stream: "options",
        instrument: "sim:BTC-OPTIONS",
        rows: 1,
        why: expect.stringContaining("no volatility") as unknown,
      },
      {
        stream: "options",
        instrument: "sim:ETH-OPTIONS",
        rows: 5,
        why: expect.stringContaining("another coin") as unknown,
      },
    ]);
  });

  it("have the contract's mark, index and last by their own factors, and a future of the coin by the index", async () => {
    const row = { at: AT, mark: 1_000, index: 1_000, last: 1_000, fundingRate: 0.01 };
    const rows = movedBy(UP);
    const own = await batchOf("tickers", tickerStream("BTC-PERPETUAL", [row]));
    expect(own.instrument.id).toBe(INSTRUMENT.id);
    const future = await batchOf("tickers", tickerStream("BTC-27JUN01", [row]));
    const read = ({ columns }: Batch<"tickers">) =>
      [columns.markPrice, columns.indexPrice, columns.lastPrice, columns.fundingRate].map(
        (one) => one[0],
      );
    expect(read(rows.tickers(own, 0, 1))).toEqual([1_020, 1_010, 1_030, 0.01]);
    expect(read(rows.tickers(future, 0, 1))).toEqual([1_010, 1_010, 1_010, 0.01]);
  });
});
