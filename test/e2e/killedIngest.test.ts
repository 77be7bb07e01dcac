import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json, start } from "./aftershock.ts";

const DAY = 1_770_249_600_000_000; // 2026-02-05T00:00:00Z, µs
const ROWS = 60_000;

/** How many ingests are killed; `AFTERSHOCK_KILLS=200` for a long run. */
const KILLS = Number(process.env["AFTERSHOCK_KILLS"] ?? 50);
/** Ingests that run at once. */
const LANES = 2;

let folder: string;
let recording: string;
/** The same time recorded otherwise: what is in some of the lakes before. */
let older: string;

/** Trades of two days, three to a line of time. */
function recorded(size: string): Buffer {
  const rows = Array.from({ length: ROWS }, (_, n) => {
    const at = DAY + n * 2_500_000;
    return `binance-futures,BTCUSDT,${at},${at + 7},${n},${n % 3 === 0 ? "sell" : "buy"},${63_000 + (n % 500) / 10},${size}${(n % 9) + 1}`;
  });
  const head = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";
  return gzipSync(`${[head, ...rows].join("\n")}\n`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-kill-"));
  recording = join(folder, "trades.csv.gz");
  older = join(folder, "older_trades.csv.gz");
  await writeFile(recording, recorded("0."));
  await writeFile(older, recorded("1."));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function partitionFiles(lake: string): Promise<Record<string, string>> {
  const entries = await readdir(lake, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((one) => one.isFile() && !one.parentPath.includes("/.staging"));
  const pairs = files.map(async (one) => {
    const path = join(one.parentPath, one.name);
    return [path.slice(lake.length), (await readFile(path)).toString("base64")];
  });
  return Object.fromEntries(
    (await Promise.all(pairs)).toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
  );
}

type Files = Readonly<Record<string, string>>;

/** The files by the partition they are of. */
function byPartition(files: Files): Map<string, Files> {
  const groups = Map.groupBy(Object.entries(files), ([path]) => dirname(path));
  return new Map([...groups].map(([partition, own]) => [partition, Object.fromEntries(own)]));
}

/**
 * What a reader sees of a partition: its manifest and the rows that it names. A file that no manifest names yet, or no more, is not part of
 * it; the next ingest removes it.
 */
function readable(files: Files): Files {
  const manifest = Object.entries(files).find(([path]) => path.endsWith("manifest.json"));
  if (manifest === undefined) return {};
  const { file } = JSON.parse(Buffer.from(manifest[1], "base64").toString()) as { file: string };
  const seen = Object.entries(files).filter(
    ([path]) => path === manifest[0] || path.endsWith(`/${file}`),
  );
  return Object.fromEntries(seen);
}

describe("an ingest that is killed", () => {
  it(`leaves each partition absent, old or new, and whole, and a rerun gives the bytes of an undisturbed ingest (${KILLS} moments)`, async () => {
    const calm = join(folder, "calm");
    await json(calm, "ingest", older);
    const old = byPartition(await partitionFiles(calm));
    const began = performance.now();
    await json(calm, "ingest", recording);
    const whole = performance.now() - began;
    const expected = await partitionFiles(calm);
    const fresh = byPartition(expected);
    expect(fresh.size).toBeGreaterThan(1);

    async function killOne(nth: number): Promise<void> {
      const lake = join(folder, `killed-${nth}`);
      const hadOld = nth % 2 === 1;
      if (hadOld) await cp(join(folder, "old"), lake, { recursive: true });
      const child = start(lake, "ingest", recording);
      // Spread over the whole of it; the golden ratio leaves no part out whatever the number is.
      await sleep(whole * (0.1 + ((nth * 0.618) % 1)));
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      for (const [partition, left] of byPartition(await partitionFiles(lake))) {
        const may = hadOld ? [old.get(partition), fresh.get(partition)] : [fresh.get(partition)];
        expect(may).toContainEqual(readable(left));
      }
      await json(lake, "ingest", recording);
      expect(await partitionFiles(lake)).toEqual(expected);
      expect(await readdir(join(lake, ".staging"))).toEqual([]);
      await rm(lake, { recursive: true });
    }

    await json(join(folder, "old"), "ingest", older);
    const left = Array.from({ length: KILLS }, (_, nth) => nth);
    const lane = async (): Promise<void> => {
      for (let nth = left.shift(); nth !== undefined; nth = left.shift()) await killOne(nth);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }, 1_200_000);

  it("leaves nothing behind when it is interrupted", async () => {
    const lake = join(folder, "interrupted");
    const child = start(lake, "ingest", recording);
    while ((await readdir(join(lake, ".staging")).catch(() => [])).length === 0) await sleep(20);
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(130);
    expect(await readdir(lake, { recursive: true })).toEqual([".staging"]);
  }, 60_000);
});
