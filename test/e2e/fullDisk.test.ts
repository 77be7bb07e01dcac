import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, aftershockLimited, json } from "./aftershock.ts";

const run = promisify(execFile);
const DAY = 1_770_249_600_000_000; // 2026-02-05T00:00:00Z, µs
/** What the disk holds. */
const DISK = 2 * 1024 * 1024;

let folder: string;
let disk: string;
/** Whether a small disk could be mounted; else the lake's folder is filled through a limit on the size of files. */
let mounted = false;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-full-"));
  disk = join(folder, "disk");
  await mkdir(disk);
  mounted = await run("mount", ["-t", "tmpfs", "-o", `size=${DISK}`, "tmpfs", disk]).then(
    () => true,
    () => false,
  );
});
afterAll(async () => {
  if (mounted) await run("umount", [disk]);
  await rm(folder, { recursive: true, force: true });
});

const HEAD = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";

/** Trades whose ids do not pack: about 20 bytes a row in the lake. */
async function recording(name: string, rows: number): Promise<string> {
  const lines = Array.from({ length: rows }, (_, n) => {
    const id = createHash("sha256").update(`${name}${n}`).digest("hex").slice(0, 32);
    return `binance-futures,${name},${DAY + n * 10},${DAY + n * 10 + 7},${id},buy,${63_000 + (n % 500) / 10},0.5`;
  });
  const path = join(folder, `${name}_trades.csv`);
  await writeFile(path, `${[HEAD, ...lines].join("\n")}\n`);
  return path;
}

async function contents(lake: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(lake, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const pairs = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path, (await readFile(path)).toString("base64")] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

describe("a full disk", () => {
  it("fails an ingest with what to do, leaves the lake as it was, and the lake can be read and written on", async () => {
    const lake = join(disk, "lake");
    await json(lake, "ingest", await recording("SMALL", 200));
    const before = await contents(lake);
    const large = await recording("LARGE", 150_000);
    const { code, stderr, stdout } = mounted
      ? await aftershock(lake, "ingest", large)
      : await aftershockLimited(lake, DISK, "ingest", large);
    expect(code).toBe(1);
    expect(stderr).toMatch(/disk is full|no space left|too large/i);
    expect(stdout).toBe("");
    expect(await contents(lake)).toEqual(before);
    expect(await json(lake, "lake")).toMatchObject({ partitions: [{ rows: 200 }] });
    expect(await json(lake, "ingest", await recording("ALSO", 200))).toMatchObject({
      ingests: [{ rows: 200 }],
    });
  }, 120_000);
});
