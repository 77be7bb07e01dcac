import { createHash } from "node:crypto";
import { mkdtemp, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { compressFrameSync } from "lz4-napi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataError } from "@aftershock/schema";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import { passing } from "../src/files/passingBytes.ts";
import { unpacked } from "../src/files/unpack.ts";
import { tarOf, zipOf } from "./packing.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-packed-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(bytes: Uint8Array, name = "a.packed"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

interface Content {
  readonly text: string;
  readonly sha256: string;
}

async function readBytes(path: string): Promise<Content> {
  const file = await openFile(path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.bytes()) chunks.push(chunk);
  return { text: Buffer.concat(chunks).toString("utf8"), sha256: file.sha256() };
}

async function readLines(path: string): Promise<Content> {
  const file = await openFile(path);
  const texts: string[] = [];
  for await (const lines of file.lines()) texts.push(...lines.map(({ text }) => text));
  return { text: texts.map((text) => `${text}\n`).join(""), sha256: file.sha256() };
}

/** What opening and reading a file says, the path left out. */
async function refusal(bytes: Uint8Array): Promise<string> {
  const path = await write(bytes);
  const error: unknown = await readBytes(path).catch((cause: unknown) => cause);
  if (!(error instanceof DataError)) throw new Error(`not refused: ${JSON.stringify(error)}`);
  return error.message.replace(`${path}: `, "");
}

/** Rows that do not pack to nothing, so that several chunks come out. */
const rowsOf = (rows: number): string =>
  Array.from({ length: rows }, (_, n) => `${n},${(n * 7_919) % 65_537},é\n`).join("");
const ROWS = rowsOf(30_000);

const zstdOf = (text: string | Buffer): Buffer =>
  zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
const lz4Of = (text: string | Buffer): Buffer =>
  compressFrameSync(Buffer.from(text), { contentChecksum: true, blockChecksums: true });
const skippable = (content: string): Buffer => {
  const head = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, Buffer.from(content)]);
};

type Packer = (text: string) => Buffer | Promise<Buffer>;
const PLAIN: readonly [string, Packer] = ["plain", (text) => Buffer.from(text)];
const PACKERS: readonly (readonly [string, Packer])[] = [
  ["gzip", (text) => gzipSync(text)],
  ["zstandard", zstdOf],
  ["zstandard without a checksum", (text) => zstdCompressSync(text)],
  ["lz4", lz4Of],
  ["lz4 without checksums", (text) => compressFrameSync(Buffer.from(text))],
  ["zip", (text) => zipOf({ name: "a.csv", content: text })],
  ["zip that stores", (text) => zipOf({ name: "data/a.csv", content: text, stored: true })],
  ["tar", async (text) => tarOf({ name: "a.csv", content: text })],
  ["tar in gzip", async (text) => gzipSync(await tarOf({ name: "a.csv", content: text }))],
  ["tar in zstandard", async (text) => zstdOf(await tarOf({ name: "a.csv", content: text }))],
  ["gzip in zip", (text) => zipOf({ name: "a.csv.gz", content: gzipSync(text), stored: true })],
  ["zstandard in tar", async (text) => tarOf({ name: "a.csv.zst", content: zstdOf(text) })],
  ["lz4 in zip", (text) => zipOf({ name: "a.lz4", content: lz4Of(text) })],
  ["gzip in gzip", (text) => gzipSync(gzipSync(text))],
];

describe.each([PLAIN, ...PACKERS])("a file packed as %s", (_container, packer) => {
  it("is read whole, whatever its name, and its hash is that of the bytes on disk", async () => {
    const bytes = await packer(ROWS);
    const path = await write(bytes, "a.csv.gz");
    const whole = { text: ROWS, sha256: createHash("sha256").update(bytes).digest("hex") };
    expect(await readBytes(path)).toEqual(whole);
    expect(await readLines(path)).toEqual(whole);
    expect(await readBytes(path)).toEqual(whole);
  });

  it("holds the same bytes for a reader that keeps no chunk", async () => {
    const file = await openFile(await write(await packer(ROWS)));
    const hash = createHash("sha256");
    for await (const chunk of passing(file).bytes()) hash.update(chunk);
    expect(hash.digest("hex")).toBe(createHash("sha256").update(ROWS).digest("hex"));
  });

  it("leaves nothing open when its reading stops early", async () => {
    const path = await write(await packer(ROWS));
    const file = await openFile(path);
    expect((await fileHead(file)).text).toBe(ROWS.slice(0, (await fileHead(file)).text.length));
    for await (const _ of file.lines()) break;
    expect(await openHandles()).toEqual([]);
  });

  it("leaves nothing open when its reading fails", async () => {
    const whole = await packer(ROWS);
    const file = await openFile(await write(whole.subarray(0, Math.floor(whole.length * 0.7))));
    await (async () => {
      for await (const _ of file.lines()) {
        /* until it throws */
      }
    })().catch(() => {});
    expect(await openHandles()).toEqual([]);
  });
});

describe("the chunks of a file", () => {
  const content = rowsOf(100_000);

  it.each([PLAIN, ...PACKERS.slice(0, 2)])(
    "packed as %s stay for who keeps them",
    async (_, pack) => {
      expect((await readBytes(await write(await pack(content)))).text).toBe(content);
    },
  );

  it.each([PLAIN, ...PACKERS.slice(0, 2)])(
    "packed as %s are gone for who does not",
    async (_, pack) => {
      const file = await openFile(await write(await pack(content)));
      const chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of passing(file).bytes()) {
        expect(chunk.length).toBeGreaterThan(0);
        expect(chunks.filter((one) => one.length > 0).length).toBeLessThan(8);
        length += chunk.length;
        chunks.push(chunk);
      }
      expect(length).toBe(Buffer.byteLength(content));
      expect(chunks.filter((one) => one.length > 0).length).toBeLessThan(chunks.length);
    },
  );
});

describe.each(PACKERS)("a %s", (_container, packer) => {
  it("may be empty inside", async () => {
    const path = await write(await packer(""));
    expect((await readBytes(path)).text).toBe("");
    expect((await readLines(path)).text).toBe("");
  });

  it("is refused where it is cut anywhere, and never read as if it were whole", async () => {
    const whole = await packer(rowsOf(15));
    // Shorter than their magic, or than a name in a tar, bytes do not tell that they are packed.
    for (let length = 13; length < whole.length; length += 7) {
      const path = await write(whole.subarray(0, length));
      await expect(readLines(path), `cut to ${length} of ${whole.length}`).rejects.toThrow(
        DataError,
      );
    }
  });

  it("is read alike at any borders of its chunks", async () => {
    const whole = await packer(rowsOf(15));
    if (whole.subarray(0, 2).toString() === "PK") return;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }),
        async (lengths) => {
          async function* chunks(): AsyncGenerator<Buffer> {
            for (let at = 0, i = 0; at < whole.length; i += 1) {
              const length = lengths[i % lengths.length] ?? 1;
              yield whole.subarray(at, at + length);
              at += length;
            }
          }
          const read: Buffer[] = [];
          for await (const chunk of unpacked(chunks(), whole.length)) read.push(chunk);
          expect(Buffer.concat(read).toString()).toBe(rowsOf(15));
        },
      ),
      { numRuns: 25 },
    );
  });
});

/** Files of the test's folder that this process holds open; Linux tells. */
async function openHandles(): Promise<readonly string[]> {
  const handles = await readdir("/proc/self/fd").catch(() => []);
  const targets = await Promise.all(
    handles.map(async (handle) => readlink(`/proc/self/fd/${handle}`).catch(() => "")),
  );
  return targets.filter((target) => target.startsWith(folder));
}

describe("damage in the middle of a file", () => {
  /** Each container with a check of its own, its content long enough to come in several chunks. */
  const checked = PACKERS.filter(([name]) => !/without|^tar$|that stores/.test(name));

  it.each(checked)("packed as %s is found, or harmless", async (_container, packer) => {
    const whole = await packer(rowsOf(200));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const path = await write(whole.with(at, (whole[at] ?? 0) ^ flip));
          const read = await readBytes(path).catch((error: unknown) => error);
          if (read instanceof DataError) return;
          // A flipped bit in a name or a time changes nothing; a broken magic leaves the packed bytes, which are no rows.
          const { text } = read as Content;
          if (text.startsWith("0,0,é\n")) expect(text).toBe(rowsOf(200));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is reported with the last line, or byte, that was read", async () => {
    const whole = lz4Of(ROWS);
    const path = await write(whole.with(whole.length - 1, (whole.at(-1) ?? 0) ^ 1));
    await expect(readLines(path)).rejects.toThrow(
      `${path}: the lz4 data is damaged (a frame does not match its checksum) after line 30000`,
    );
    await expect(readBytes(path)).rejects.toThrow(
      `${path}: the lz4 data is damaged (a frame does not match its checksum) after byte ${Buffer.byteLength(ROWS)}`,
    );
  });
});

describe("frames after each other", () => {
  const parts = ["one\ntwo\n", ROWS, "", "three\n"];

  it.each([
    ["gzip", (text: string) => gzipSync(text), Buffer.alloc(0)],
    ["zstandard", zstdOf, skippable("skipped")],
    ["lz4", lz4Of, skippable("skipped")],
  ])("of %s are all read, those to be skipped skipped", async (_name, packer, between) => {
    const frames = parts.flatMap((part) => [between, packer(part)]);
    const path = await write(Buffer.concat([...frames, between]));
    expect((await readBytes(path)).text).toBe(parts.join(""));
  });

  it.each([
    ["zstandard", zstdOf],
    ["lz4", lz4Of],
  ])("of %s are refused with anything else between or after them", async (name, packer) => {
    const frame = packer("one\n");
    for (const tail of ["\0", "\0\0\0\0\0", "garbage garbage", "\x1f\x8b\x08\0\0"]) {
      const bytes = Buffer.concat([frame, Buffer.from(tail, "latin1"), frame]);
      expect(await refusal(bytes)).toMatch(
        new RegExp(`^the ${name} data (is damaged|ends early).* after byte 4$`),
      );
    }
  });

  it("are refused where one that is to be skipped is cut", async () => {
    for (const frame of [zstdOf("one\n"), lz4Of("one\n")]) {
      const bytes = Buffer.concat([frame, skippable("skipped")]);
      expect(await refusal(bytes.subarray(0, -1))).toMatch(/data ends early after byte 4$/);
      expect(await refusal(bytes.subarray(0, -9))).toMatch(/data ends early after byte 4$/);
    }
    expect(await refusal(skippable("skipped"))).toBe("holds nothing but padding frames");
  });
});

describe("an archive", () => {
  const csv = { name: "data/a.csv", content: "one\n" };

  it("is read past its folders and what a Mac puts beside its file", async () => {
    const beside = [
      { name: "__MACOSX/data/._a.csv", content: "x" },
      { name: "data/.DS_Store", content: "x" },
    ];
    const zip = zipOf({ name: "data/", content: "", stored: true }, ...beside, csv);
    expect((await readBytes(await write(zip))).text).toBe("one\n");
    const tar = await tarOf({ name: "data", type: "directory" }, ...beside, csv, {
      name: "data/._b",
      content: "y".repeat(2_000),
    });
    expect((await readBytes(await write(tar))).text).toBe("one\n");
    expect((await readBytes(await write(gzipSync(tar)))).text).toBe("one\n");
  });

  it("of several files is refused, naming them", async () => {
    const files = ["b.csv", "c.csv", "d.csv"].map((name) => ({ name, content: "two\n" }));
    expect(await refusal(zipOf(csv, ...files))).toBe(
      'is a zip archive of several files ("data/a.csv", "b.csv", "c.csv" and 1 more), not of one',
    );
    expect(await refusal(await tarOf(csv, ...files))).toBe(
      'is a tar archive of several files ("data/a.csv", "b.csv"), not of one',
    );
  });

  it("without a file is refused", async () => {
    expect(await refusal(zipOf())).toBe("is a zip archive without a file");
    expect(await refusal(zipOf({ name: "data/", content: "", stored: true }))).toBe(
      "is a zip archive without a file",
    );
    expect(await refusal(await tarOf({ name: "data", type: "directory" }))).toBe(
      "is a tar archive without a file",
    );
  });

  it.each(["../a.csv", "data/../../a.csv", "/etc/a.csv", "C:/a.csv", "..\\a.csv", "a/.."])(
    "with a file named %s is refused",
    async (name) => {
      const message = `with a file outside of it: ${JSON.stringify(name.replaceAll("\\", "/"))}`;
      expect(await refusal(zipOf({ name, content: "one\n" }))).toBe(`is a zip archive ${message}`);
      if (name.includes("\\")) return;
      expect(await refusal(await tarOf({ name, content: "one\n" }))).toBe(
        `is a tar archive ${message}`,
      );
    },
  );

  it("with a link is refused", async () => {
    expect(await refusal(await tarOf({ name: "a.csv", type: "symlink" }))).toBe(
      'is a tar archive in which "a.csv" is a symbolic link, not a file',
    );
    expect(await refusal(await tarOf(csv, { name: "b.csv", type: "link" }))).toBe(
      'is a tar archive in which "b.csv" is a link, not a file',
    );
  });

  it("that is encrypted, or packed in a way not read, is refused", async () => {
    expect(await refusal(zipOf({ ...csv, encrypted: true }))).toBe("is an encrypted zip archive");
    expect(await refusal(zipOf({ ...csv, method: 93 }))).toBe(
      "is a zip archive packed by method 93, not stored or deflated",
    );
  });

  it("whose checksum or length is not that of the file is refused", async () => {
    expect(await refusal(zipOf({ ...csv, crc: 1 }))).toBe(
      "the zip data is damaged (its checksum is wrong) after byte 4",
    );
    expect(await refusal(zipOf({ ...csv, size: 3 }))).toBe(
      "the zip data is damaged (it unpacks to more than the 3 bytes that its directory says) before its first byte",
    );
    expect(await refusal(zipOf({ ...csv, size: 5 }))).toBe(
      "the zip data is damaged (it unpacks to 4 bytes, its directory says 5) after byte 4",
    );
  });

  it("may have a long name, in either tar dialect", async () => {
    const name = `${"folder/".repeat(40)}a.csv`;
    expect((await readBytes(await write(await tarOf({ name, content: "one\n" })))).text).toBe(
      "one\n",
    );
  });

  it("in a tar that lacks its end is refused, though its file is whole", async () => {
    const tar = await tarOf(csv);
    expect(tar.length).toBe(512 * 4);
    for (const blocks of [2, 3]) {
      expect(await refusal(tar.subarray(0, 512 * blocks))).toBe(
        "the tar data ends early after byte 4",
      );
    }
    expect(await refusal(Buffer.concat([tar, Buffer.from("tail")]))).toMatch(
      /^the tar data is damaged .* after byte 4$/,
    );
    const padded = await write(Buffer.concat([tar, Buffer.alloc(10_000)]));
    expect((await readBytes(padded)).text).toBe("one\n");
  });

  it("in an archive is read two levels deep, and no deeper", async () => {
    const tgz = gzipSync(await tarOf({ name: "a.csv.gz", content: gzipSync("one\n") }));
    expect(await refusal(tgz)).toBe("is packed more than twice (gzip, then tar, then gzip)");
    const zip = zipOf(csv);
    expect(await refusal(gzipSync(zip))).toBe(
      "is a zip archive in another archive, which is not read",
    );
    expect(await refusal(zipOf({ name: "a.zip", content: zip }))).toBe(
      "is a zip archive in another archive, which is not read",
    );
  });
});

describe("a file that is neither packed nor text", () => {
  it.each([
    ["BZh91AY", "is a bzip2 file, which is not read"],
    ["\xfd7zXZ\0", "is an xz file, which is not read"],
  ])("is refused by its name: %j", async (text, message) => {
    expect(await refusal(Buffer.from(text, "latin1"))).toBe(message);
    expect(await refusal(gzipSync(Buffer.from(text, "latin1")))).toBe(message);
  });
});

describe("a Parquet file", () => {
  it("has bytes, packed or not, but no lines", async () => {
    for (const bytes of [Buffer.from("PAR1 and more"), gzipSync("PAR1 and more")]) {
      const path = await write(bytes);
      expect((await readBytes(path)).text).toBe("PAR1 and more");
      await expect(readLines(path)).rejects.toThrow(`${path}: is a Parquet file, not text`);
    }
  });
});

describe("a bomb", () => {
  const zeros = Buffer.alloc(80 * 1024 * 1024);

  it.each([
    ["zstandard", zstdOf(zeros)],
    ["gzip in gzip", gzipSync(gzipSync(zeros))],
    ["zstandard in zip", zipOf({ name: "a.zst", content: zstdOf(zeros) })],
  ])("of %s is refused before it is unpacked whole", async (_name, bomb) => {
    const path = await write(bomb);
    const file = await openFile(path);
    let length = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of file.bytes()) length += chunk.length;
    };
    await expect(read()).rejects.toThrow(/unpacks to more than 1000 times its size/);
    expect(length).toBeLessThan(64 * 1024 * 1024 + 1_000 * bomb.length);
  });

  it("is none as long as it unpacks to 64 MiB", async () => {
    const path = await write(zstdOf(zeros.subarray(0, 64 * 1024 * 1024)));
    const file = await openFile(path);
    let length = 0;
    for await (const chunk of file.bytes()) length += chunk.length;
    expect(length).toBe(64 * 1024 * 1024);
  });
});
