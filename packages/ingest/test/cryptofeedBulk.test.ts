import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { openFile } from "../src/files/openFile.ts";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import { memoryFile } from "./memoryFile.ts";
import { mutated, randomOf } from "./mutate.ts";
import { samples as books } from "./samples/cryptofeedBooks.ts";
import { samples as venues } from "./samples/cryptofeedVenues.ts";
import { stored } from "./storedFiles.ts";

const DATA = resolve(import.meta.dirname, "../../../../shared/data/orderbook/multivenue-raw");
const recorded = existsSync(DATA) ? readdirSync(DATA).toSorted() : [];

/** Recordings that are read as one, by the venue. */
const RECORDINGS = [
  ["BINANCE-b38f7c.0.gz"],
  ["BINANCE_DELIVERY.http.0.0.gz", "BINANCE_DELIVERY.ws.1.0.gz"],
  ["BINANCE_FUTURES-1125a2.0.gz"],
  ["BIT.COM.ws.1.0.gz"],
  ["BIT.COM.ws.2.0.gz"],
  ["BITFINEX-58bafb.0.gz"],
  ["BITMEX-d944be.0.gz"],
  ["BITSTAMP-b88f8b.0.gz"],
  ["BYBIT.ws.25.0.gz"],
  ["BYBIT.ws.26.0.gz"],
  ["COINBASE.ws.28.0.gz"],
  ["DERIBIT-5dd9ce.0.gz"],
  ["DERIBIT.ws.1.0.gz"],
  ["DYDX.ws.1.0.gz"],
  ["FTX-6d2b81.0.gz"],
  ["GEMINI.ws.36.0.gz"],
  ["KRAKEN-c197c0.0.gz"],
  ["KRAKEN_FUTURES.ws.1.0.gz"],
  ["OKEX.ws.1.0.gz"],
  ["OKX.ws.1.0_20220227.gz"],
  ["PHEMEX.ws.1.0.gz"],
] as const;

/** The most messages of a hundred that are parsed as JSON, of the venues that are read from their bytes. */
const MOST_PARSED: Readonly<Record<string, number>> = {
  BINANCE: 1,
  BINANCE_DELIVERY: 2,
  BINANCE_FUTURES: 1,
  BITMEX: 3,
  BITSTAMP: 6,
  "BIT.COM": 9,
  BYBIT: 8,
  COINBASE: 3,
  DERIBIT: 1,
  DYDX: 2,
  FTX: 2,
  GEMINI: 6,
  KRAKEN: 1,
  OKEX: 8,
  OKX: 4,
  PHEMEX: 5,
};

const venueOf = (file: string): string => /^[A-Z_.]+?(?=\.ws|-|\.http)/.exec(file)?.[0] ?? "";

describe("captures of cryptofeed read from their bytes", () => {
  for (const files of RECORDINGS) {
    const missing = files.filter((file) => !recorded.includes(file));
    it.skipIf(missing.length > 0)(
      `come to the rows of the plain reader: ${files.join(", ")}${missing.length > 0 ? ` (${missing.join(", ")} absent)` : ""}`,
      async () => {
        const opened = await Promise.all(files.map((file) => openFile(resolve(DATA, file))));
        const bulk = await stored(cryptofeed, opened, "bulk");
        const plain = await stored(cryptofeed, opened, "plain");
        expect(bulk.files).toEqual(plain.files);
        expect([bulk.error, plain.error]).toEqual([undefined, undefined]);
        expect(plain.rows).toBeGreaterThan(0);
        const most = MOST_PARSED[venueOf(files[0])] ?? 100;
        expect((100 * bulk.parsed) / plain.parsed).toBeLessThanOrEqual(most);
      },
      60_000,
    );
  }
});

/** Some of the lines of a capture: its first, which open it, then others from all over it. */
function excerpt(lines: readonly string[]): string {
  const step = Math.ceil(lines.length / 150);
  const kept = lines.filter((line, i) => line.length < 20_000 && (i < 60 || i % step === 0));
  return `${kept.join("\n")}\n`;
}

/** What a byte of a message may turn into and still be close to one. */
const LIKELY = '0123456789.,:-+eE[]{}"\\ abnuBS\u0000\n';

/** The content with one byte of every fourth line or so changed, left out or added, behind the recorder's clock. */
function withWrongBytes(content: string, seed: number): string {
  const random = randomOf(seed);
  const lines = content.split("\n").map((line) => {
    const head = line.indexOf(": ") + 2;
    if (head < 2 || random() > 0.25) return line;
    const at = head + Math.floor(random() * (line.length - head));
    const by = LIKELY[Math.floor(random() * LIKELY.length)] ?? "";
    const kind = random();
    if (kind < 0.2) return line.slice(0, at) + line.slice(at + 1);
    return line.slice(0, at) + by + line.slice(kind < 0.4 ? at : at + 1);
  });
  return lines.join("\n");
}

async function linesOf(file: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of (await openFile(resolve(DATA, file))).lines()) {
    for (const { text } of batch) lines.push(text);
  }
  return lines;
}

async function expectAlike(name: string, content: string | Uint8Array): Promise<void> {
  const file = memoryFile(name, Buffer.from(content));
  const bulk = await stored(cryptofeed, [file], "bulk");
  const plain = await stored(cryptofeed, [file], "plain");
  expect(bulk.error).toBe(plain.error);
  expect(bulk.files).toEqual(plain.files);
}

describe("captures of OKX from after 2022 read from their bytes", () => {
  it("chain their messages by the ids at the end, in either order, as the plain reader does", async () => {
    const sample = books.find(({ name }) => name === "OKX.ws.1.0")?.content;
    // The venue writes asks first.
    const lines = String(sample)
      .replaceAll(/("bids":\[\[.*?\]\]),("asks":\[\[.*?\]\])/g, "$2,$1")
      .trimEnd()
      .split("\n");
    const withIds = (ids: string): string[] =>
      lines.map((line) => line.replace(/("checksum":-?\d+)\}/, `$1,${ids}}`));
    const content = [
      ...lines,
      ...withIds('"seqId":8,"prevSeqId":5'),
      ...withIds('"prevSeqId":8,"seqId":9'),
      ...withIds('"seqId":5,"prevSeqId":-1'),
      ...withIds('"seqId":11'),
    ];
    await expectAlike("OKX.ws.1.0", `${content.join("\n")}\n`);
    const file = memoryFile("OKX.ws.1.0", Buffer.from(`${content.join("\n")}\n`));
    const [bulk, plain] = [
      await stored(cryptofeed, [file], "bulk"),
      await stored(cryptofeed, [file], "plain"),
    ];
    expect(bulk.parsed).toBeLessThan(plain.parsed - 3);
  });
});

describe("damaged captures of cryptofeed read from their bytes", () => {
  const excerpts: (readonly [name: string, content: string])[] = [...books, ...venues].flatMap(
    ({ name, content }) =>
      typeof content === "string" ? [[name, content.repeat(2)] as const] : [],
  );

  beforeAll(async () => {
    for (const [file] of RECORDINGS.filter(([first]) => recorded.includes(first))) {
      excerpts.push([file.replace(/\.gz$/, ""), excerpt(await linesOf(file))]);
    }
  }, 60_000);

  it("come to the rows, quarantine and counts of the plain reader, whatever byte of any line is another, missing or too many", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer(), async (which, seed) => {
        const [name, content] = excerpts[which % excerpts.length] ?? ["", ""];
        await expectAlike(name, withWrongBytes(content, seed));
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it("come to the rows, quarantine and counts of the plain reader, with words, pieces and lines out of place", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer(), async (which, seed) => {
        const [name, content] = excerpts[which % excerpts.length] ?? ["", ""];
        await expectAlike(name, mutated(mutated(content, seed), seed + 1));
      }),
      { numRuns: 400 },
    );
  }, 120_000);
});
