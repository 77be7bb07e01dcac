import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replay, type ReplayResult } from "@aftershock/replay";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDuck } from "../src/duck.ts";
import { ingest } from "../src/ingest.ts";
import { tardis } from "../src/sources/tardis/tardis.ts";
import { Lake } from "../src/store/lake.ts";
import { lakeStream } from "../src/store/lakeStream.ts";

const DAY = 1_770_249_600_000_000; // 2026-02-05T00:00:00Z, µs
const HEAD = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount";
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-lost-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A line of a Tardis book, at a time after midnight, µs. */
const line = (at: number, snapshot: boolean, side: string, price: string, size = "1"): string =>
  `binance-futures,BTCUSDT,${DAY + at},${DAY + at},${snapshot},${side},${price},${size}`;

/** Replays the book of a file of these lines. */
async function replayed(...lines: string[]): Promise<ReplayResult> {
  const path = join(folder, "book.csv");
  await writeFile(path, `${[HEAD, ...lines].join("\n")}\n`);
  const lake = new Lake(join(folder, "lake"));
  await ingest({ lake, source: tardis, paths: [path], maxQuarantine: 1 });
  const duck = await openDuck();
  const result = await replay([lakeStream(duck, lake, "book", await lake.list())]);
  duck.close();
  return result;
}

const SNAPSHOT = [line(1, true, "bid", "100"), line(1, true, "ask", "101")];
const bad = (at: number): string => line(at, false, "bid", "9x9");

describe("a book of which a line is bad", () => {
  it("is not valid from the message after it to the next snapshot", async () => {
    const { gaps } = await replayed(
      ...SNAPSHOT,
      line(2, false, "bid", "99"),
      bad(3),
      line(4, false, "bid", "98"),
      line(5, false, "bid", "97"),
      line(6, true, "bid", "100"),
      line(6, true, "ask", "101"),
      line(7, false, "bid", "99"),
    );
    expect(gaps).toMatchObject([{ cause: "lostRows", at: DAY + 4 }]);
  });

  it("is whole where a snapshot comes between", async () => {
    const { gaps, streams } = await replayed(
      ...SNAPSHOT,
      bad(2),
      line(3, false, "bid", "98"),
      line(4, true, "bid", "100"),
      line(4, true, "ask", "101"),
      line(5, false, "bid", "99"),
    );
    expect(gaps).toHaveLength(1);
    expect(streams[0]?.book).toMatchObject({ snapshots: 2, skippedMessages: 1 });
  });

  it("is not valid after a snapshot that lacks a line, wherever it was", async () => {
    const first = await replayed(bad(1).replace("false", "true"), ...SNAPSHOT);
    expect(first.gaps).toMatchObject([{ cause: "lostRows" }]);
  });

  it("is not valid where a price is off the known grid either", async () => {
    const { gaps } = await replayed(
      ...SNAPSHOT,
      line(2, false, "bid", "99.123"),
      line(3, false, "bid", "98"),
    );
    expect(gaps).toMatchObject([{ cause: "lostRows", at: DAY + 2 }]);
  });

  it("is not valid in the next file either, where the line is the last of one", async () => {
    const one = join(folder, "one_book.csv");
    const two = join(folder, "two_book.csv");
    await writeFile(one, `${[HEAD, ...SNAPSHOT, bad(2)].join("\n")}\n`);
    await writeFile(
      two,
      `${[HEAD, line(3, false, "bid", "98"), line(4, false, "bid", "97")].join("\n")}\n`,
    );
    const lake = new Lake(join(folder, "lake"));
    await ingest({ lake, source: tardis, paths: [one, two], maxQuarantine: 1 });
    const duck = await openDuck();
    const { gaps } = await replay([lakeStream(duck, lake, "book", await lake.list())]);
    duck.close();
    expect(gaps).toMatchObject([{ cause: "lostRows", at: DAY + 3 }]);
  });
});
