import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FetchedFile, fetchRaw, type FetchOptions } from "../src/fetch/fetchRaw.ts";
import { holdsOtherDays, ingestGroups } from "../src/fetch/ingestGroups.ts";
import { onlyAsked } from "../src/fetch/onlyAsked.ts";
import { planFetch, type PlannedFile } from "../src/fetch/planFetch.ts";
import { parseDays } from "../src/fetch/utcDays.ts";
import { ingest } from "../src/ingest.ts";
import { Lake } from "../src/store/lake.ts";
import type { Manifest } from "../src/store/manifest.ts";
import { archiveServer, type ArchiveServer } from "./fetch/archiveServer.ts";
import { fastClock } from "./fetch/fastClock.ts";
import { fileOf, memorySink } from "./memorySink.ts";
import { plainSource } from "./plainSource.ts";

const DAY = 1_760_054_400_000_000; // 2025-10-10T00:00:00Z, µs
const HOUR = 3_600_000_000; // µs

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-fetch-ingest-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A planned file as if it had been fetched. */
function fetched(planned: PlannedFile, changes: Partial<FetchedFile> = {}): FetchedFile {
  return {
    planned,
    url: planned.urls[0] ?? "",
    path: planned.path,
    file: `/raw/${planned.path}`,
    status: "fetched",
    bytes: 100,
    sha256: `sha of ${planned.path}`,
    empty: false,
    ...changes,
  };
}

const planned = (id: string, days: string, streams: string): readonly PlannedFile[] => {
  const [venue = "", instrument = ""] = id.split(":");
  const request = { venue, instrument, days: parseDays([days]), streams: [streams] };
  return planFetch(request).files;
};

/** The last parts of the names of files, and the days, of each group. */
const groupsOf = (
  files: readonly FetchedFile[],
  { continues = false, partDays = false } = {},
): readonly (readonly [string, string])[] =>
  ingestGroups(files, { continues: () => continues, partDays }).groups.map((group) => [
    group.files
      .map((file) => /\d{4}-?\d{2}-?\d{2}(?=[._]?[a-z])|\d{4}-\d{2}(?=\.)/.exec(file)?.[0])
      .join(" "),
    group.days.join(" "),
  ]);

describe("what is ingested together", () => {
  it("is a day, where files are days", () => {
    const files = planned("bybit:BTCUSDT", "2025-10-10..2025-10-12", "trading").map((one) =>
      fetched(one),
    );
    expect(groupsOf(files)).toEqual([
      ["2025-10-10", "2025-10-10"],
      ["2025-10-11", "2025-10-11"],
      ["2025-10-12", "2025-10-12"],
    ]);
  });

  it("is each run of days, where a reader goes on over midnight", () => {
    const files = [
      ...planned("bybit:BTCUSDT", "2025-10-10..2025-10-12", "trading"),
      ...planned("bybit:BTCUSDT", "2025-10-14", "trading"),
    ].map((one) => fetched(one));
    expect(groupsOf(files, { continues: true })).toEqual([
      ["2025-10-10 2025-10-11 2025-10-12", "2025-10-10 2025-10-11 2025-10-12"],
      ["2025-10-14", "2025-10-14"],
    ]);
  });

  it("is all that shares files: days of OKX, days of a month", () => {
    const okx = planned("okx:BTC-USDT", "2025-10-10..2025-10-11", "trades").map((one) =>
      fetched(one),
    );
    expect(groupsOf(okx)).toEqual([["2025-10-10 2025-10-11 2025-10-12", "2025-10-10 2025-10-11"]]);
    const months = planned("binance-usdm:BTCUSDT", "2025-09-30..2025-10-02", "fundingRate");
    expect(groupsOf(months.map((one) => fetched(one)))).toEqual([
      ["2025-09", "2025-09-30"],
      ["2025-10", "2025-10-01 2025-10-02"],
    ]);
  });

  it("is not a day of which a file is lacking, unless that is wanted", () => {
    const [first, second, third] = planned("okx:BTC-USDT", "2025-10-10..2025-10-11", "trades");
    if (first === undefined || second === undefined || third === undefined) throw new Error("plan");
    const files = [
      fetched(first),
      fetched(second),
      fetched(third, { status: "missing", sha256: "" }),
    ];
    expect(groupsOf(files)).toEqual([["2025-10-10 2025-10-11", "2025-10-10"]]);
    expect(ingestGroups(files, { continues: () => false }).partDays).toEqual([
      { set: "trades", day: "2025-10-11", lacking: [third.path] },
    ]);
    expect(groupsOf(files, { partDays: true })).toEqual([
      ["2025-10-10 2025-10-11", "2025-10-10 2025-10-11"],
    ]);
    const failed = [fetched(first, { status: "failed" }), fetched(second), fetched(third)];
    expect(groupsOf(failed)).toEqual([["2025-10-11 2025-10-12", "2025-10-11"]]);
  });

  it("holds no file without data, none of the same bytes twice, and is nothing where nothing is left", () => {
    const days = planned("bybit:BTCUSDT", "2025-10-10..2025-10-12", "trading");
    const files = days.map((one) => fetched(one, { sha256: "the same" }));
    expect(groupsOf(files, { continues: true })).toEqual([
      ["2025-10-10", "2025-10-10 2025-10-11 2025-10-12"],
    ]);
    expect(groupsOf(days.map((one) => fetched(one, { empty: true })))).toEqual([]);
    expect(
      groupsOf(
        days.map((one) => fetched(one, { status: "missing" })),
        { partDays: true },
      ),
    ).toEqual([]);
  });

  it("keeps sets apart, also bars of two lengths", () => {
    const files = ["klines", "klines-5m", "markPriceKlines"].flatMap((set) =>
      planned("binance-usdm:BTCUSDT", "2025-10-10", set).map((one) => fetched(one)),
    );
    const { groups } = ingestGroups(files, { continues: () => true });
    expect(groups.map(({ symbol, files: own }) => [symbol, own.length])).toEqual([
      ["BTCUSDT", 1],
      ["BTCUSDT", 1],
      ["BTCUSDT@mark", 1],
    ]);
  });

  it("may hold rows of days that were not asked for, where files are not cut at midnight UTC", () => {
    const holds = (id: string, set: string): boolean =>
      planned(id, "2025-10-10", set).every(({ dataSet }) => holdsOtherDays(dataSet));
    expect(holds("okx:BTC-USDT", "trades")).toBe(true);
    expect(holds("binance-usdm:BTCUSDT", "fundingRate")).toBe(true);
    expect(holds("deribit:BTC-PERPETUAL", "trades")).toBe(true);
    // A book's first snapshot may carry a time of the day before: it must stay.
    expect(holds("okx:BTC-USDT", "books")).toBe(false);
    expect(holds("bybit:BTCUSDT", "orderbook")).toBe(false);
  });
});

describe("a source of which only some rows are asked for", () => {
  const read = async (
    text: string,
    asked: Parameters<typeof onlyAsked>[1],
  ): Promise<ReturnType<typeof memorySink>> => {
    const memory = memorySink();
    await onlyAsked(plainSource(), asked).createReader({}).read(fileOf("file", text), memory.sink);
    return memory;
  };
  const text = [DAY - 1, DAY, DAY + 24 * HOUR - 1, DAY + 24 * HOUR]
    .map((at) => `${at} ${at} 1 1`)
    .join("\n");

  it("hands on those of the days, to the microsecond, and counts the others", async () => {
    const { rows, skipped } = await read(text, { days: new Set(["2025-10-10"]) });
    expect(rows.map(({ row }) => row.tsRecv)).toEqual([DAY, DAY + 24 * HOUR - 1]);
    expect(skipped.map(({ line, reason }) => [line.number, reason])).toEqual([
      [1, "of a day that was not asked for"],
      [4, "of a day that was not asked for"],
    ]);
  });

  it("hands on those of the instrument, and what is noted of it", async () => {
    expect((await read(text, { symbol: "BTC" })).rows).toHaveLength(4);
    const { rows, skipped } = await read(text, { symbol: "ETH" });
    expect([rows.length, skipped.length]).toEqual([0, 4]);
    const memory = memorySink();
    const noting = {
      ...plainSource(),
      createReader: () => ({
        read: () => Promise.resolve(),
        finish: (sink: typeof memory.sink) => {
          sink.note("trades", "test", "BTC", "seen");
          sink.note("trades", "test", "ETH", "seen");
          sink.quarantine({ number: 1, text: "bad" }, "bad");
          sink.dataset("set");
        },
      }),
    };
    onlyAsked(noting, { symbol: "ETH" }).createReader({}).finish?.(memory.sink);
    expect([...memory.notes.keys()]).toEqual(["trades test:ETH seen"]);
    expect([memory.quarantined.length, memory.datasets]).toEqual([1, ["set"]]);
  });

  it("is the source itself when everything is asked for", () => {
    const source = plainSource();
    expect(onlyAsked(source, {})).toBe(source);
  });

  it("leaves whole days in the lake of files that are cut at 16:00, the same however they are fetched", async () => {
    const cut = async (day: number): Promise<string> => {
      const path = join(folder, `2025-10-${10 + day}.txt`);
      const hours = Array.from({ length: 24 }, (_, n) => DAY + (day * 24 - 8 + n) * HOUR);
      await writeFile(path, hours.map((at) => `${at} ${at} 1.5 1\n`).join(""));
      return path;
    };
    const [first, second, third] = await Promise.all([cut(0), cut(1), cut(2)]);
    const lakeOf = async (
      ...fetches: readonly (readonly [string[], string[]])[]
    ): Promise<readonly Manifest[]> => {
      const lake = new Lake(join(folder, `lake-${fetches.length}`));
      for (const [days, paths] of fetches) {
        await ingest({ lake, source: onlyAsked(plainSource(), { days: new Set(days) }), paths });
      }
      return lake.list();
    };
    const days = ["2025-10-10", "2025-10-11"];
    const atOnce = await lakeOf([days, [first, second, third]]);
    expect(atOnce.map(({ date, rows }) => [date, rows])).toEqual(days.map((day) => [day, 24]));
    expect(atOnce[0]?.sources.map(({ name, rows }) => [name, rows])).toEqual([
      ["2025-10-10.txt", 16],
      ["2025-10-11.txt", 8],
    ]);
    const oneByOne = await lakeOf(
      [["2025-10-11"], [second, third]],
      [["2025-10-10"], [first, second]],
    );
    expect(oneByOne).toEqual(atOnce);
  });
});

describe("pages of an API", () => {
  let server: ArchiveServer;
  beforeEach(async () => {
    server = await archiveServer();
  });
  afterEach(() => server.close());

  const START = 1_760_054_400_000; // ms
  const urlFrom = (from: number): string =>
    `https://history.deribit.com/api/v2/public/get_last_trades_by_instrument_and_time?instrument_name=BTC-PERPETUAL&start_timestamp=${from}&end_timestamp=${START + 86_400_000}&count=1000&include_old=true&sorting=asc`;
  const page = (times: readonly number[], more: boolean): string =>
    JSON.stringify({
      result: { trades: times.map((timestamp) => ({ timestamp })), has_more: more },
    });
  const fetchTrades = (options: Partial<FetchOptions> = {}): Promise<readonly FetchedFile[]> =>
    fetchRaw({
      lake: new Lake(join(folder, "lake")),
      plan: planFetch({
        venue: "deribit",
        instrument: "BTC-PERPETUAL",
        days: ["2025-10-10"],
        streams: ["trades"],
      }),
      clock: fastClock(),
      userAgent: "test",
      idleMs: 1e9,
      hosts: server.hosts("history.deribit.com"),
      ...options,
    });

  it("come one after the other, each a file, and are not asked for again", async () => {
    server.put(urlFrom(START), page([START + 5, START + 9], true));
    server.put(urlFrom(START + 9), page([START + 9, START + 20], true));
    server.put(urlFrom(START + 20), page([START + 20], false));
    const pages = await fetchTrades();
    expect(pages.map(({ path, status }) => [path.slice(-15), status])).toEqual([
      ["10-10-0001.json", "fetched"],
      ["10-10-0002.json", "fetched"],
      ["10-10-0003.json", "fetched"],
    ]);
    const asked = server.received.length;
    expect((await fetchTrades()).map(({ status }) => status)).toEqual([
      "present",
      "present",
      "present",
    ]);
    expect(server.received).toHaveLength(asked);
    expect(ingestGroups(pages, { continues: () => false }).groups).toMatchObject([
      { days: ["2025-10-10"], files: pages.map(({ file }) => file) },
    ]);
  });

  it("are not a day when one of them cannot be had, and go on there the next time", async () => {
    server.put(urlFrom(START), page([START + 5], true));
    server.put(urlFrom(START + 5), '{"error":{"code":13009,"message":"unauthorized"}}');
    const pages = await fetchTrades();
    expect(pages).toMatchObject([
      { status: "fetched" },
      { status: "failed", why: expect.stringMatching(/the API reports .*unauthorized/) },
    ]);
    expect(ingestGroups(pages, { continues: () => false }).groups).toEqual([]);
    server.put(urlFrom(START + 5), page([START + 5, START + 6], false));
    expect((await fetchTrades()).map(({ status }) => status)).toEqual(["present", "fetched"]);
    expect(server.count(urlFrom(START))).toBe(1);
  });

  it("are not a day when nothing leads past a millisecond: what came stays, and the day is told of", async () => {
    server.put(urlFrom(START), page([START, START], true));
    const pages = await fetchTrades();
    expect(pages.at(-1)).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/more trades in one millisecond/),
    });
    const { groups, partDays } = ingestGroups(pages, { continues: () => false });
    expect([groups.length, partDays.length]).toEqual([0, 1]);
    expect(await readdir(join(folder, "lake/raw"), { recursive: true })).toContainEqual(
      expect.stringMatching(/-0001\.json$/),
    );
  });
});
