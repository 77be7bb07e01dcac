import { existsSync } from "node:fs";
import { resolve } from "node:path";
import {
  CHECKSUM_FAILED,
  CHECKSUM_MATCHED,
  MESSAGE_END,
  SNAPSHOT,
  SNAPSHOT_START,
  type StreamName,
} from "@aftershock/schema";
import { beforeAll, describe, expect, it } from "vitest";
import { openFile } from "../src/files/openFile.ts";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import { memorySink, type EmittedRow, type MemorySink } from "./memorySink.ts";

const DATA = resolve(import.meta.dirname, "../../../../shared/data/orderbook/multivenue-raw");

/** What a capture holds, counted by a script that shares nothing with the code under test. */
interface Recording {
  readonly files: readonly string[];
  readonly venues: readonly string[];
  /** Rows of each stream, with the first and last receive time, µs. */
  readonly rows: Partial<Record<StreamName, readonly [count: number, first: number, last: number]>>;
  /** Book messages, and the snapshots among them. */
  readonly messages: readonly [all: number, snapshots: number];
  /** Checksums that came with them. All of them match. */
  readonly checksums: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly notes: Readonly<Record<string, number>>;
}

const RECORDINGS: readonly Recording[] = [
  {
    files: ["BINANCE-b38f7c.0.gz"],
    venues: ["binance"],
    rows: {
      book: [29_152, 1_617_647_603_463_468, 1_617_647_722_615_133],
      quotes: [5_408, 1_617_647_603_424_945, 1_617_647_722_575_522],
      trades: [1_240, 1_617_647_605_816_691, 1_617_647_722_575_610],
    },
    messages: [4_719, 10],
    checksums: 0,
    skipped: { "recorder's configuration": 1, "connection opened": 1, "blank line": 1 },
    notes: {},
  },
  {
    files: ["BINANCE_FUTURES-1125a2.0.gz"],
    venues: ["binance-usdm"],
    rows: {
      book: [49_524, 1_617_647_797_596_379, 1_617_647_916_742_753],
      quotes: [3_424, 1_617_647_798_374_162, 1_617_647_916_778_440],
      trades: [574, 1_617_647_798_374_119, 1_617_647_916_402_547],
    },
    messages: [4_428, 5],
    checksums: 0,
    skipped: { "recorder's configuration": 1, "connection opened": 1 },
    notes: {},
  },
  {
    files: ["BINANCE_DELIVERY.http.0.0.gz", "BINANCE_DELIVERY.ws.1.0.gz"],
    venues: ["binance-coinm"],
    rows: {
      book: [28_918, 1_626_916_403_847_118, 1_626_916_434_018_963],
      quotes: [2_240, 1_626_916_403_846_971, 1_626_916_433_988_680],
      trades: [51, 1_626_916_408_607_320, 1_626_916_431_388_014],
    },
    messages: [2_057, 10],
    checksums: 0,
    skipped: { "connection opened": 1, "blank line": 1, "event kline": 33 },
    notes: {},
  },
  {
    files: ["KRAKEN-c197c0.0.gz"],
    venues: ["kraken"],
    // 23,766 levels of messages, and the deletes of those that fell out of the feed's depth.
    rows: { book: [23_766 + 2_548, 1_617_666_424_207_714, 1_617_666_542_641_578] },
    messages: [14_506, 10],
    checksums: 14_496,
    skipped: {
      "recorder's configuration": 1,
      "connection opened": 1,
      request: 1,
      "event systemStatus": 1,
      "event subscriptionStatus": 10,
      "event heartbeat": 119,
    },
    notes: { levelsOutOfDepth: 2_548 },
  },
  {
    files: ["KRAKEN_FUTURES.ws.1.0.gz"],
    venues: ["kraken-futures"],
    rows: {
      book: [8_585, 1_626_994_927_690_547, 1_626_994_958_156_212],
      quotes: [107, 1_626_994_927_780_419, 1_626_994_957_365_272],
      trades: [3, 1_626_994_929_929_450, 1_626_994_936_467_531],
    },
    messages: [7_024, 10],
    checksums: 0,
    skipped: {
      "connection opened": 1,
      request: 3,
      "event info": 1,
      "event subscribed": 30,
      "trades from before the subscription": 10,
    },
    notes: {},
  },
  {
    files: ["OKEX.ws.1.0.gz"],
    venues: ["okex", "okex-futures", "okex-options", "okex-swap"],
    rows: {
      book: [5_627, 1_626_995_753_423_179, 1_626_995_783_384_726],
      quotes: [46, 1_626_995_753_337_592, 1_626_995_782_717_346],
      tickers: [46, 1_626_995_753_337_592, 1_626_995_782_717_346],
      trades: [31, 1_626_995_753_337_424, 1_626_995_782_613_073],
    },
    messages: [1_504, 10],
    checksums: 1_504,
    skipped: {
      "connection opened": 1,
      request: 1,
      "event subscribe": 30,
      "trade from before the connection": 5,
    },
    notes: {},
  },
  {
    files: ["OKX.ws.1.0_20220227.gz"],
    venues: ["okex", "okex-options", "okex-swap"],
    rows: {
      book: [13_951, 1_646_003_667_879_073, 1_646_003_697_648_410],
      quotes: [19, 1_646_003_667_646_040, 1_646_003_697_262_498],
      tickers: [19, 1_646_003_667_646_040, 1_646_003_697_262_498],
      trades: [13, 1_646_003_675_196_951, 1_646_003_697_194_250],
    },
    messages: [3_679, 20],
    checksums: 3_679,
    skipped: {
      "connection opened": 1,
      request: 3,
      "event subscribe": 60,
      "trade from before the connection": 6,
    },
    notes: {},
  },
  {
    files: ["FTX-6d2b81.0.gz"],
    venues: ["ftx"],
    rows: {
      book: [6_657, 1_617_645_008_689_297, 1_617_645_127_421_162],
      quotes: [3_420, 1_617_645_008_690_314, 1_617_645_127_421_068],
      tickers: [3_420, 1_617_645_008_690_314, 1_617_645_127_421_068],
      trades: [81, 1_617_645_009_591_616, 1_617_645_123_980_394],
    },
    messages: [3_377, 10],
    checksums: 3_377,
    skipped: {
      "recorder's configuration": 1,
      "connection opened": 1,
      request: 30,
      "event subscribed": 30,
    },
    notes: {},
  },
  {
    files: ["DERIBIT-5dd9ce.0.gz"],
    venues: ["deribit"],
    rows: {
      book: [368, 1_617_644_856_913_596, 1_617_644_975_142_181],
      options: [273, 1_617_644_856_902_155, 1_617_644_975_206_173],
    },
    messages: [187, 10],
    checksums: 0,
    skipped: {
      "recorder's configuration": 1,
      "connection opened": 1,
      request: 1,
      "reply to a request": 1,
    },
    notes: {},
  },
  {
    files: ["DERIBIT.ws.1.0.gz"],
    venues: ["deribit"],
    rows: {
      book: [150, 1_626_993_723_844_026, 1_626_993_752_833_235],
      options: [89, 1_626_993_723_804_855, 1_626_993_754_165_582],
    },
    messages: [46, 10],
    checksums: 0,
    skipped: { "connection opened": 1, request: 1, "reply to a request": 1, "blank line": 1 },
    notes: {},
  },
  {
    files: ["BITMEX-d944be.0.gz"],
    venues: ["bitmex"],
    rows: {
      book: [15_261, 1_617_648_075_190_440, 1_617_648_193_148_904],
      quotes: [1_836, 1_617_648_075_074_664, 1_617_648_193_036_980],
      trades: [112, 1_617_648_078_560_283, 1_617_648_188_295_283],
    },
    messages: [6_393, 10],
    checksums: 0,
    skipped: {
      "recorder's configuration": 1,
      "connection opened": 1,
      request: 3,
      welcome: 1,
      "reply to a request": 30,
      "trades from before the subscription": 10,
      "blank line": 1,
    },
    notes: {},
  },
];

for (const { files, venues, rows, messages, checksums, skipped, notes } of RECORDINGS) {
  const paths = files.map((file) => resolve(DATA, file));
  describe.skipIf(!paths.every(existsSync))(`the capture ${files.join(" and ")}`, () => {
    let memory: MemorySink;
    let lines = 0;

    beforeAll(async () => {
      memory = memorySink();
      const reader = cryptofeed.createReader({});
      for (const path of paths) await reader.read(await openFile(path), memory.sink);
      for (const path of paths) {
        for await (const some of (await openFile(path)).lines()) lines += some.length;
      }
    });

    it("is read whole: every line is a row, or skipped by design", () => {
      const reasons = Map.groupBy(memory.skipped, ({ reason }) => reason);
      expect(memory.quarantined).toEqual([]);
      expect(Object.fromEntries([...reasons].map(([what, all]) => [what, all.length]))).toEqual(
        skipped,
      );
      if (files.length > 1) return;
      const stored = new Set(memory.rows.map(({ row }) => row.line)).size;
      expect(stored + memory.skipped.length).toBe(lines);
    });

    it("has as many rows of each stream, of its venue, from and to as an independent count says", () => {
      const byStream = Map.groupBy(memory.rows, ({ stream }) => stream);
      const found = [...byStream].map(([stream, all]) => {
        const times = all.map(({ row }) => row.tsRecv ?? Number.NaN);
        const [first, last] = [Math.min(...times), Math.max(...times)];
        return [stream, [all.length, first, last]] as const;
      });
      expect(Object.fromEntries(found)).toEqual(rows);
      expect([...new Set(memory.rows.map(({ venue }) => venue))].toSorted()).toEqual(venues);
    });

    it("has every message of its books, each checksum matched, and no remark that is not explained", () => {
      const book = memory.of("book");
      const ends = (flag: number): number =>
        book.filter(({ flags }) => (flags & flag) !== 0).length;
      expect([ends(MESSAGE_END), ends(SNAPSHOT_START)]).toEqual(messages);
      expect([ends(CHECKSUM_MATCHED), ends(CHECKSUM_FAILED)]).toEqual([checksums, 0]);
      const sums = new Map<string, number>();
      for (const [note, count] of memory.notes) {
        const what = note.split(" ").at(-1) ?? "";
        sums.set(what, (sums.get(what) ?? 0) + count);
      }
      expect(Object.fromEntries(sums)).toEqual(notes);
    });

    it("has changes and trades whose time by the venue's clock is within ten seconds of the recorder's", () => {
      // A snapshot of a market that stands still carries the time of its last change.
      const isLive = ({ stream, row }: EmittedRow): boolean => {
        const flags = "flags" in row && typeof row.flags === "number" ? row.flags : 0;
        return stream === "trades" || (stream === "book" && (flags & SNAPSHOT) === 0);
      };
      const far = memory.rows.filter(isLive).filter(({ row }) => {
        const { tsEvent = row.tsRecv, tsRecv } = row;
        return Math.abs((tsEvent ?? 0) - (tsRecv ?? 0)) > 10_000_000;
      });
      expect(far.slice(0, 3)).toEqual([]);
    });
  });
}
