import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { DataError } from "@aftershock/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkContainer } from "../src/fetch/container.ts";
import type { DataSet } from "../src/fetch/dataSet.ts";
import { nextTradesPage } from "../src/fetch/pages.ts";
import { deflatedZip, zipOf } from "./fetch/zipOf.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-container-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function check(
  name: string,
  bytes: string | Uint8Array,
  reply?: DataSet["reply"],
): Promise<{ readonly empty: boolean }> {
  const path = join(folder, "file.part");
  await writeFile(path, bytes);
  return checkContainer(path, name, reply);
}

/** Bytes that cannot be packed. */
const noise = createHash("shake256", { outputLength: 50_000 }).update("noise").digest();
/** A frame of one stored block; `flags`: 0x60, or 0x64 where a checksum of the content ends it. */
const lz4 = (flags: number): Buffer =>
  Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, flags, 0x40, 0x82, 3, 0, 0, 0x80]),
    Buffer.from("abc"),
    Buffer.from([0, 0, 0, 0]),
    Buffer.from(flags === 0x64 ? [1, 2, 3, 4] : []),
  ]);
const parquet = Buffer.concat([Buffer.from("PAR1"), noise, Buffer.from("PAR1")]);

const WHOLE: readonly (readonly [string, Uint8Array])[] = [
  ["a.csv.gz", gzipSync(noise)],
  ["a.tar.gz", gzipSync(noise)],
  ["a.zip", zipOf({ name: "a.csv", content: noise })],
  ["a.csv.lz4", lz4(0x60)],
  ["checked.lz4", lz4(0x64)],
  ["a.parquet", parquet],
  ["packed.parquet", zstdCompressSync(parquet)],
];

describe("a container", () => {
  it.each(WHOLE)("that is whole is taken: %s", async (name, bytes) => {
    expect(await check(name, bytes)).toEqual({ empty: false });
  });

  it.each(WHOLE)("that is cut is refused, wherever it is cut: %s", async (name, bytes) => {
    for (const share of [0, 0.2, 0.5, 0.9, 1]) {
      const length = Math.min(Math.floor(bytes.length * share), bytes.length - 1);
      await expect(check(name, bytes.subarray(0, length))).rejects.toThrow(DataError);
    }
  });

  it.each(WHOLE)("of another kind is refused: %s", async (name) => {
    const other = name.endsWith(".zip") ? gzipSync(noise) : zipOf({ name: "a", content: noise });
    await expect(check(name, other)).rejects.toThrow(DataError);
    await expect(check(name, "<!DOCTYPE html>")).rejects.toThrow(DataError);
  });

  it("whose bytes were changed is refused by its own checksum", async () => {
    const packed = gzipSync(noise);
    packed[2_000] = (packed[2_000] ?? 0) ^ 0xff;
    await expect(check("a.gz", packed)).rejects.toThrow(/cut or damaged gzip/);
  });

  it("whose content was changed is refused, though its directory is whole", async () => {
    for (const zip of [
      zipOf({ name: "a.csv", content: noise }),
      deflatedZip("a.csv", Buffer.from("row\n".repeat(9_000))),
    ]) {
      expect(await check("a.zip", zip)).toEqual({ empty: false });
      zip[60] = (zip[60] ?? 0) ^ 0x04;
      await expect(check("a.zip", zip)).rejects.toThrow(/cut or damaged zip/);
    }
  });

  it("with nothing in it is a day without data", async () => {
    expect(await check("a.csv.gz", gzipSync(""))).toEqual({ empty: true });
    expect(await check("a.zip", zipOf())).toEqual({ empty: true });
  });

  it("is not opened: what its files are called and become is the reader's business", async () => {
    const strange = zipOf({ name: "../../etc/passwd", content: "x", claimedSize: 4_000_000_000 });
    expect(await check("a.zip", strange)).toEqual({ empty: false });
  });
});

describe("the reply of an API", () => {
  const json = (value: unknown): string => JSON.stringify(value);

  it("is taken when it has what it should, and is without data when that is nothing", async () => {
    const trades = [{ timestamp: 1 }];
    expect(await check("a.json", json({ result: { trades, has_more: false } }), "trades")).toEqual({
      empty: false,
    });
    expect(
      await check("a.json", json({ result: { trades: [], has_more: false } }), "trades"),
    ).toEqual({ empty: true });
    expect(await check("a.json", json({ result: { status: "ok", ticks: [1] } }), "bars")).toEqual({
      empty: false,
    });
    expect(
      await check("a.json", json({ result: { data: [[1]], continuation: null } }), "wholeBars"),
    ).toEqual({ empty: false });
    expect(await check("a.json", json({ result: [] }), "list")).toEqual({ empty: true });
  });

  it.each([
    [
      "trades",
      { error: { code: -32_602, message: "Invalid params" } },
      /the API reports .*Invalid params/,
    ],
    ["trades", { result: { trades: [] } }, /"has_more" is neither true nor false/],
    ["trades", { result: { trades: {}, has_more: false } }, /"trades" is no list/],
    ["trades", [], /it is no object/],
    ["trades", null, /it is no object/],
    ["bars", { result: null }, /"ticks" is no list/],
    ["wholeBars", { result: { data: [], continuation: 17 } }, /it is cut, and goes on at 17/],
    ["list", { result: {} }, /"result" is no list/],
  ] as const)("is refused as %s: %j", async (kind, value, message) => {
    await expect(check("a.json", json(value), kind)).rejects.toThrow(message);
  });

  it("is refused when it is cut", async () => {
    await expect(check("a.json", '{"result":{"trades":[', "trades")).rejects.toThrow(/is no JSON/);
  });
});

describe("the page after a page of trades", () => {
  const url =
    "https://history.deribit.com/x?instrument_name=BTC&start_timestamp=100&end_timestamp=900";
  const page = (times: readonly unknown[], more: boolean): string =>
    JSON.stringify({
      result: { trades: times.map((timestamp) => ({ timestamp })), has_more: more },
    });

  it("starts at the millisecond of the last trade, with everything else as it was", () => {
    expect(nextTradesPage(url, page([100, 250, 300], true))).toBe(url.replace("=100", "=300"));
  });

  it("is none after the last", () => {
    expect(nextTradesPage(url, page([100, 250], false))).toBeUndefined();
    expect(nextTradesPage(url, page([], false))).toBeUndefined();
  });

  it.each([
    ["would be the same again", [100, 100], /more trades in one millisecond than the API gives/],
    ["would lead back", [50], /does not say from when/],
    ["would start nowhere", [], /does not say from when/],
    ["would start at no time", ["300"], /does not say from when/],
  ])("is refused when it %s", (_, times, message) => {
    expect(() => nextTradesPage(url, page(times, true))).toThrow(message);
  });
});
