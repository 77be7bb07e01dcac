import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json } from "./aftershock.ts";

const COMMAND = resolve(import.meta.dirname, "../../packages/cli/bin/aftershock.js");

/** 2026-02-05T00:00:00Z, µs. */
const DAY = 1_770_249_600_000_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-endings-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const launch = (flags: readonly string[], ...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, ["--conditions=@aftershock/source", ...flags, COMMAND, ...args], {
    env: { ...process.env, AFTERSHOCK_LAKE: join(folder, "lake") },
    stdio: ["ignore", "pipe", "pipe"],
  });

const exitCode = async (child: ChildProcess): Promise<unknown> => (await once(child, "exit"))[0];

describe("a reader that has seen enough", () => {
  const query = "SELECT repeat('x', 1000) AS text FROM range(20000)";

  it("ends the command quietly", async () => {
    const child = launch([], "sql", query);
    const [code, stderr] = [exitCode(child), text(child.stderr!)];
    await once(child.stdout!, "data");
    child.stdout!.destroy();
    expect([await code, await stderr]).toEqual([0, ""]);
  });

  it("of the messages does not end it", async () => {
    const child = launch([], "sql", "SELECT 1 AS n", "--unknown-flag");
    child.stderr!.destroy();
    expect(await exitCode(child)).toBe(2);
  });
});

/** A module that sends Ctrl-C to its own process right after the first partition was put in place. */
const STOP_AFTER_FIRST = `
import { promises } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const { rename } = promises;
promises.rename = async (from, to) => {
  await rename(from, to);
  if (to.includes(".staging")) return;
  setInterval(() => undefined, 1_000);
  process.kill(process.pid, "SIGINT");
  await new Promise(() => undefined);
};
syncBuiltinESMExports();
`;

const dates = async (lake: string): Promise<readonly string[]> =>
  (await readdir(lake, { recursive: true })).filter((path) => /date=[^/]+$/.test(path)).toSorted();

describe("Ctrl-C while partitions are put in place", () => {
  it("says that some are, and the same command finishes", async () => {
    const lake = join(folder, "lake");
    const recording = join(folder, "some_trades_of.csv");
    // Many more than are put in place at once.
    const days = 40;
    const rows = Array.from({ length: days }, (_, n) => {
      const at = DAY + n * 86_400_000_000;
      return `binance-futures,BTCUSDT,${at},${at + 7},${n},buy,63000.5,1`;
    });
    const head = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";
    await writeFile(recording, `${[head, ...rows].join("\n")}\n`);
    const stopper = join(folder, "stopper.mjs");
    await writeFile(stopper, STOP_AFTER_FIRST);
    const child = launch(
      ["--import", pathToFileURL(stopper).href],
      "ingest",
      "--source",
      "tardis",
      recording,
    );
    const [code, stderr] = [exitCode(child), text(child.stderr!)];
    expect(await stderr).toMatch(/stopped while partitions were being put in place: each is whole/);
    expect(await code).toBe(130);
    const placed = (await dates(lake)).length;
    expect(placed).toBeGreaterThan(0);
    expect(placed).toBeLessThan(days);
    const again = await json<{
      readonly ingests: readonly { readonly partitions: readonly { readonly status: string }[] }[];
    }>(lake, "ingest", "--source", "tardis", recording);
    const statuses = again.ingests.flatMap(({ partitions }) => partitions.map((one) => one.status));
    expect(statuses.filter((status) => status === "unchanged")).toHaveLength(placed);
    expect(statuses.filter((status) => status === "written")).toHaveLength(days - placed);
    expect(await dates(lake)).toHaveLength(days);
    // What the stopped process had staged is swept.
    expect(await readdir(join(lake, ".staging"))).toEqual([]);
  });
});
