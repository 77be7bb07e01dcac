import { createHash } from "node:crypto";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataError } from "@aftershock/schema";
import { openFile } from "../src/files/openFile.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-lines-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const FIRST = gzipSync("one\ntwo\n");
const SECOND = gzipSync("three\nfour");
/** Several chunks of what the reader takes at once. */
const PADDING = Buffer.alloc(600_000);

async function write(...parts: readonly Uint8Array[]): Promise<string> {
  const path = join(folder, "a.txt.gz");
  await writeFile(path, Buffer.concat(parts));
  return path;
}

async function readTexts(path: string): Promise<{ texts: string[]; sha256: string }> {
  const file = await openFile(path);
  const texts: string[] = [];
  for await (const lines of file.lines()) texts.push(...lines.map(({ text }) => text));
  return { texts, sha256: file.sha256() };
}

async function expectWhole(path: string): Promise<void> {
  const sha256 = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  expect(await readTexts(path)).toEqual({ texts: ["one", "two", "three", "four"], sha256 });
}

describe("a gzip of several members", () => {
  it("is read whole", async () => {
    await expectWhole(await write(FIRST, SECOND));
  });

  it.each([20, PADDING.length])(
    "may be padded with %i zeros at its very end, which its hash covers",
    async (zeros) => {
      await expectWhole(await write(FIRST, SECOND, PADDING.subarray(0, zeros)));
    },
  );

  it.each([1, 20, PADDING.length])(
    "is refused with %i zeros between its members, instead of losing the second",
    async (zeros) => {
      const path = await write(FIRST, PADDING.subarray(0, zeros), SECOND);
      await expect(readTexts(path)).rejects.toThrow(
        `a.txt.gz: the gzip data is damaged (no member starts at byte ${FIRST.length}, and it is not the end) after line 2`,
      );
      await expect(readTexts(path)).rejects.toThrow(DataError);
    },
  );

  it.each([0, 1])("is refused when byte %i of the second member is zero", async (place) => {
    const path = await write(FIRST, SECOND.with(place, 0));
    await expect(readTexts(path)).rejects.toThrow(/a\.txt\.gz: the gzip data is damaged/);
  });

  it("is refused with other bytes after it", async () => {
    const path = await write(FIRST, SECOND, Buffer.from("\0\0tail"));
    await expect(readTexts(path)).rejects.toThrow(/a\.txt\.gz: the gzip data is damaged/);
  });
});

describe("a damaged gzip", () => {
  /** Lines that do not compress to nothing, so that whole chunks come out before the damage. */
  const rows = Array.from({ length: 100_000 }, (_, n) => `${n} ${(n * 7_919) % 65_537}\n`);
  const whole = gzipSync(rows.join(""));

  /** What the file's error says, and the last line that came before it. */
  async function readToDamage(path: string): Promise<{ message: string; lastLine: number }> {
    const file = await openFile(path);
    let lastLine = 0;
    try {
      for await (const lines of file.lines()) lastLine = lines.at(-1)?.number ?? lastLine;
    } catch (error) {
      return { message: error instanceof DataError ? error.message : "", lastLine };
    }
    return { message: "", lastLine };
  }

  it("says after which line it is cut", async () => {
    const path = await write(whole.subarray(0, whole.length - 2_000));
    const { message, lastLine } = await readToDamage(path);
    expect(message).toBe(`${path}: the gzip data ends early after line ${lastLine}`);
    expect(lastLine).toBeGreaterThan(0);
  });

  it("says after which line it is damaged", async () => {
    const place = whole.length - 5;
    const path = await write(whole.with(place, (whole[place] ?? 0) ^ 0xff));
    const { message, lastLine } = await readToDamage(path);
    expect(message).toBe(`${path}: the gzip data is damaged after line ${lastLine}`);
    expect(lastLine).toBeGreaterThan(0);
  });

  it("says so when not even one line can be read", async () => {
    await expect(readTexts(await write(FIRST.subarray(0, 12)))).rejects.toThrow(
      "a.txt.gz: the gzip data ends early before the end of its first line",
    );
  });
});

describe("a line without an end", () => {
  it("is refused with the file's name and its number", async () => {
    const path = join(folder, "binary.csv");
    const handle = await open(path, "w");
    await handle.writeFile("header\n");
    await handle.truncate(65 * 1024 * 1024 + 7);
    await handle.close();
    await expect(readTexts(path)).rejects.toThrow(/binary\.csv: line 2 is longer than 64 MiB/);
  });
});
