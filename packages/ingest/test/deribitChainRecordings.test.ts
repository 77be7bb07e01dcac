import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { MESSAGE_END, MICROS_PER_YEAR, decimal, toSteps } from "@aftershock/schema";
import { openFile } from "../src/files/openFile.ts";
import type { RawRow } from "../src/source.ts";
import { deribitChain } from "../src/sources/deribit/deribitChain.ts";
import { memorySink, type MemorySink } from "./memorySink.ts";

const DATA = resolve(import.meta.dirname, "../../../../shared/data/options/deribit-chain-2026");

/** Each snapshot: when, options on BTC, options on ETH, without a bid, without an ask. */
const SNAPSHOTS: readonly (readonly [string, number, number, number, number])[] = [
  ["20260129T042227Z", 662, 704, 104, 0],
  ["20260129T093452Z", 714, 752, 86, 0],
  ["20260129T154542Z", 732, 772, 90, 0],
  ["20260129T212744Z", 750, 786, 104, 0],
  ["20260130T042515Z", 778, 804, 125, 0],
  ["20260130T093122Z", 714, 732, 60, 0],
  ["20260130T154506Z", 714, 736, 69, 0],
  ["20260130T212831Z", 718, 752, 75, 0],
  ["20260131T042050Z", 718, 766, 89, 0],
  ["20260131T092102Z", 706, 746, 64, 0],
  ["20260131T153300Z", 708, 790, 66, 0],
  ["20260131T212133Z", 792, 872, 78, 0],
  ["20260201T045402Z", 794, 876, 100, 0],
  ["20260201T092323Z", 766, 824, 57, 0],
  ["20260201T153349Z", 768, 828, 66, 0],
  ["20260201T212330Z", 768, 836, 68, 0],
  ["20260202T045019Z", 780, 892, 102, 0],
  ["20260202T093900Z", 740, 816, 69, 0],
  ["20260202T154514Z", 740, 816, 65, 0],
  ["20260203T042935Z", 740, 816, 105, 0],
  ["20260203T093333Z", 724, 782, 100, 21],
  ["20260203T155826Z", 724, 792, 86, 0],
  ["20260203T213503Z", 816, 892, 120, 31],
  ["20260204T042403Z", 816, 892, 148, 40],
  ["20260204T093620Z", 790, 844, 104, 24],
  ["20260204T155401Z", 798, 878, 343, 278],
  ["20260204T213308Z", 804, 884, 108, 18],
  ["20260205T042952Z", 812, 888, 247, 164],
  ["20260205T093647Z", 792, 860, 103, 10],
  ["20260205T155132Z", 864, 918, 530, 411],
  ["20260205T212937Z", 902, 938, 605, 459],
  ["20260206T043012Z", 930, 954, 157, 19],
  ["20260206T093516Z", 850, 870, 422, 406],
  ["20260206T155121Z", 858, 876, 390, 382],
  ["20260206T213057Z", 866, 884, 97, 29],
  ["20260207T042330Z", 866, 884, 440, 383],
  ["20260207T092419Z", 828, 844, 90, 25],
  ["20260207T153421Z", 830, 846, 254, 205],
  ["20260207T212612Z", 830, 848, 76, 18],
];

async function readRecording(path: string): Promise<MemorySink> {
  const memory = memorySink();
  await deribitChain.createReader({}).read(await openFile(path), memory.sink);
  return memory;
}

const noteOf = (memory: MemorySink, what: string): number =>
  [...memory.notes].reduce((sum, [key, count]) => sum + (key.endsWith(` ${what}`) ? count : 0), 0);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The distribution function of the normal law. Source: Abramowitz and Stegun 1964, 26.2.17; error below 7.5e-8. */
function normal(x: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(x));
  const series =
    t *
    (0.319_381_53 +
      t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x < 0 ? tail : 1 - tail;
}

/** How far the recorded mark is from Black-76 at the recorded volatility, coin. Source: Black 1976, eq. 16, no interest. */
function markError(row: RawRow<"options">): number {
  const { strike = 0, underlyingPrice = 0, markIv = 0, markPrice = 0, expiry = 0 } = row;
  const years = (expiry - (row.tsRecv ?? 0)) / MICROS_PER_YEAR;
  const deviation = markIv * Math.sqrt(years);
  const d1 = Math.log(underlyingPrice / strike) / deviation + deviation / 2;
  const moneyness = strike / underlyingPrice;
  const value =
    row.right * (normal(row.right * d1) - moneyness * normal(row.right * (d1 - deviation)));
  return Math.abs(value - markPrice);
}

describe.skipIf(!existsSync(DATA))("recorded chains options/deribit-chain-2026", () => {
  for (const [stamp, btc, eth, withoutBid, withoutAsk] of SNAPSHOTS) {
    it(`${stamp}: ${btc} options on BTC, ${eth} on ETH, ${withoutBid} without a bid`, async () => {
      const memory = await readRecording(resolve(DATA, `deribit_options_snapshot_${stamp}.csv.gz`));
      expect(memory.quarantined).toEqual([]);
      expect(memory.skipped.map(({ reason }) => reason)).toEqual(["header"]);
      for (const [coin, rows] of [
        ["BTC", btc],
        ["ETH", eth],
      ] as const) {
        const chain = memory.of("options", `deribit:${coin}-OPTIONS`);
        expect(new Set(chain.map((row) => row.optionSymbol)).size).toBe(rows);
        expect(chain).toHaveLength(rows);
        expect(chain.filter((row) => row.flags === MESSAGE_END)).toEqual(chain.slice(-1));
      }
      const rows = memory.of("options");
      const quotes = rows.flatMap((row) => [row.bidPrice, row.askPrice]);
      const ticks = quotes.map((q) => q && toSteps(q, decimal("0.0001")));
      expect(ticks.filter((t) => t !== undefined)).toHaveLength(
        2 * rows.length - withoutBid - withoutAsk,
      );
      expect([noteOf(memory, "withoutBid"), noteOf(memory, "withoutAsk")]).toEqual([
        withoutBid,
        withoutAsk,
      ]);
      expect(median(rows.map(markError))).toBeLessThan(1e-4);
    });
  }

  it("perpetual_futures_prices: 419 prices of each perpetual, 394 from after their snapshot", async () => {
    const memory = await readRecording(resolve(DATA, "perpetual_futures_prices.csv.gz"));
    expect(memory.quarantined).toEqual([]);
    for (const id of ["deribit:BTC-PERPETUAL", "deribit:ETH-PERPETUAL"]) {
      const rows = memory.of("tickers", id);
      expect(rows).toHaveLength(419);
      expect(rows.every((row) => (row.lastPrice ?? 0) > 0)).toBe(true);
      const ahead = rows.map((row) => (row.tsEvent ?? 0) - (row.tsRecv ?? 0));
      expect(Math.max(...ahead)).toBeLessThanOrEqual(30_000_000);
    }
    expect(noteOf(memory, "priceAfterSnapshot")).toBe(394);
  });

  it("term_futures_marks: 5,854 marks of 44 futures", async () => {
    const memory = await readRecording(resolve(DATA, "term_futures_marks.csv.gz"));
    expect(memory.quarantined).toEqual([]);
    expect(memory.rows).toHaveLength(5_854);
    expect(new Set(memory.rows.map(({ symbol }) => symbol)).size).toBe(44);
    expect(memory.of("tickers").every((row) => (row.markPrice ?? 0) > 0)).toBe(true);
    expect(noteOf(memory, "noTradeInMinute")).toBe(2_905);
  });
});
