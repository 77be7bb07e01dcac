import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { archiveServer, type ArchiveServer, cutAfter } from "./fetch/archiveServer.ts";

const PROGRAM = join(import.meta.dirname, "fetch/killedFetch.ts");
const URL_OF_FILE = "https://public.bybit.com/trading/BTCUSDT/BTCUSDT2024-08-05.csv.gz";
const BYTES = gzipSync(createHash("shake256", { outputLength: 150_000 }).update("x").digest());

let folder: string;
let server: ArchiveServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-killed-anywhere-"));
  server = await archiveServer();
  server.put(URL_OF_FILE, BYTES);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the program; 0 lets it live. Returns the signal or exit code that ended it. */
async function run(lake: string, killAt: number): Promise<string | number> {
  const child = spawn(
    process.execPath,
    ["--conditions=@aftershock/source", PROGRAM, lake, server.origin, String(killAt)],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") },
    },
  );
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal ?? code ?? -1;
}

async function filesOf(lake: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(lake, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .toSorted();
  const pairs = paths.map(async (path) => [
    path.slice(lake.length),
    createHash("sha256")
      .update(await readFile(path))
      .digest("hex"),
  ]);
  return Object.fromEntries(await Promise.all(pairs)) as Record<string, string>;
}

describe("a fetch that is killed before any one of its operations on files", () => {
  it("leaves what a second one ends to the same bytes", async () => {
    const calm = join(folder, "calm");
    expect(await run(calm, 0)).toBe(0);
    const expected = await filesOf(calm);
    expect(Object.keys(expected)).toHaveLength(2);
    let kills = 0;
    for (let at = 1; ; at++) {
      const lake = join(folder, `killed-${at}`);
      // Every other time the line is cut, too, so that the rest is asked for.
      if (at % 2 === 0) server.misbehave(URL_OF_FILE, cutAfter(60_000));
      const ended = await run(lake, at);
      if (ended === 0) break;
      expect(ended).toBe("SIGKILL");
      kills += 1;
      const left = await filesOf(lake).catch(() => ({}));
      const whole = Object.entries(left).filter(([path]) => path.endsWith(".csv.gz"));
      for (const [path, hash] of whole) expect(hash).toBe(expected[path]);
      expect([at, await run(lake, 0)]).toEqual([at, 0]);
      expect({ at, files: await filesOf(lake) }).toEqual({ at, files: expected });
    }
    expect(kills).toBeGreaterThan(15);
  }, 300_000);
});
