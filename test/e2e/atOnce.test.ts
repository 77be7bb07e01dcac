import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json } from "./aftershock.ts";

const DAY = 1_770_249_600_000_000; // 2026-02-05T00:00:00Z, µs
const HEAD = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-at-once-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function trades(symbol: string, rows: number): Promise<string> {
  const lines = Array.from({ length: rows }, (_, n) => {
    const at = DAY + n * 1_000;
    return `binance-futures,${symbol},${at},${at + 7},${n},buy,${63_000 + (n % 500) / 10},0.${(n % 9) + 1}`;
  });
  const path = join(folder, `${symbol}_trades.csv`);
  await writeFile(path, `${[HEAD, ...lines].join("\n")}\n`);
  return path;
}

interface Replayed {
  readonly stateHash: string;
}
interface Listed {
  readonly partitions: readonly {
    readonly instrument: { readonly id: string };
    readonly rowsSha256: string;
  }[];
}

describe("ingests of different instruments and readers of a third", () => {
  it("run at once, and each gets what it gets alone", async () => {
    const files = await Promise.all(
      ["AAAUSDT", "BBBUSDT", "CCCUSDT", "DDDUSDT"].map((symbol) => trades(symbol, 40_000)),
    );
    const [first = "", ...others] = files;
    const [shared, alone] = [join(folder, "shared"), join(folder, "alone")];
    for (const file of files) await json(alone, "ingest", file);
    await json(shared, "ingest", first);
    const replay = (lake: string): Promise<Replayed> =>
      json(lake, "replay", "binance-usdm:AAAUSDT");
    const expected = await replay(alone);

    const state = { writing: true };
    const writers = Promise.all(others.map((file) => json(shared, "ingest", file))).finally(() => {
      state.writing = false;
    });
    const seen: string[] = [];
    while (state.writing) seen.push((await replay(shared)).stateHash);
    await writers;
    expect(seen).not.toEqual([]);
    expect(new Set(seen)).toEqual(new Set([expected.stateHash]));
    const hashes = async (lake: string): Promise<Record<string, string>> =>
      Object.fromEntries(
        (await json<Listed>(lake, "lake")).partitions.map((one) => [
          one.instrument.id,
          one.rowsSha256,
        ]),
      );
    expect(await hashes(shared)).toEqual(await hashes(alone));
  }, 120_000);
});
