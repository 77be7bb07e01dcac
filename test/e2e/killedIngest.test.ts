import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json, start } from "./aftershock.ts";

const DAY = 1_770_249_600_000_000; // 2026-02-05T00:00:00Z, µs
const ROWS = 100_000;

let folder: string;
let recording: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-kill-"));
  recording = join(folder, "trades.csv.gz");
  const rows = Array.from({ length: ROWS }, (_, n) => {
    const at = DAY + n * 1_000;
    return `binance-futures,BTCUSDT,${at},${at + 7},${n},${n % 3 === 0 ? "sell" : "buy"},${63_000 + (n % 500) / 10},0.${(n % 9) + 1}`;
  });
  const head = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";
  await writeFile(recording, gzipSync(`${[head, ...rows].join("\n")}\n`));
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

describe("an ingest that is killed", () => {
  it("leaves no partition or a whole one, and a rerun gives the bytes of an undisturbed ingest", async () => {
    const calm = join(folder, "calm");
    const began = performance.now();
    await json(calm, "ingest", "--source", "tardis", recording);
    const whole = performance.now() - began;
    const expected = await partitionFiles(calm);
    expect(Object.keys(expected)).toHaveLength(2);
    for (const share of [0.3, 0.5, 0.65, 0.8, 0.9]) {
      const lake = join(folder, `killed-${share}`);
      const child = start(lake, "ingest", "--source", "tardis", recording);
      await sleep(whole * share);
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      const left = await partitionFiles(lake);
      expect([{}, expected]).toContainEqual(left);
      await json(lake, "ingest", "--source", "tardis", recording);
      expect(await partitionFiles(lake)).toEqual(expected);
      expect(await readdir(join(lake, ".staging"))).toEqual([]);
    }
  }, 120_000);

  it("leaves nothing behind when it is interrupted", async () => {
    const lake = join(folder, "interrupted");
    const child = start(lake, "ingest", "--source", "tardis", recording);
    while ((await readdir(join(lake, ".staging")).catch(() => [])).length === 0) await sleep(20);
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(130);
    expect(await readdir(lake, { recursive: true })).toEqual([".staging"]);
  }, 60_000);
});
