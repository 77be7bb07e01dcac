import { compressFrameSync } from "lz4-napi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../src/files/byteReader.ts";
import { unlz4 } from "../src/files/lz4.ts";
import { unpackLz4Block } from "../src/files/lz4Block.ts";
import { PackedError } from "../src/files/packedError.ts";
import { xxHash32, XxHash32 } from "../src/files/xxHash32.ts";

async function unpack(...parts: readonly Uint8Array[]): Promise<Buffer> {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (const part of parts) yield Buffer.from(part);
  }
  const unpacked: Buffer[] = [];
  for await (const chunk of unlz4(new ByteReader(chunks()))) unpacked.push(chunk);
  return Buffer.concat(unpacked);
}

const BLOCKS_LINKED = 0x40;
const BLOCKS_INDEPENDENT = 0x60;
const WITH_SIZE = 0x08;

/** A frame of blocks of at most 64 KiB that are given as they are packed; `flags`: its first descriptor byte. */
function frameOf(flags: number, blocks: readonly (readonly number[])[], size?: bigint): Buffer {
  const sizeBytes = Buffer.alloc(size === undefined ? 0 : 8);
  if (size !== undefined) sizeBytes.writeBigUInt64LE(size);
  const descriptor = Buffer.concat([Buffer.from([flags, 0x40]), sizeBytes]);
  const checksum = (xxHash32(descriptor) >>> 8) & 0xff;
  const packed = blocks.flatMap((block) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(block.length);
    return [length, Buffer.from(block)];
  });
  const magic = Buffer.from([0x04, 0x22, 0x4d, 0x18]);
  return Buffer.concat([magic, descriptor, Buffer.from([checksum]), ...packed, Buffer.alloc(4)]);
}

const letters = (text: string): readonly number[] => [...Buffer.from(text)];
/** `abcdefgh` as literals. */
const LITERALS = [0x80, ...letters("abcdefgh")];
/** No literals, a match of 8 bytes that lies 8 bytes back, and the literal that ends every block. */
const MATCH = [0x04, 8, 0, 0x10, ...letters(".")];

describe("an lz4 frame", () => {
  it("holds what another implementation packed, at any length and any repetition", async () => {
    const runs = fc.array(
      fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 4_000 })),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(runs, fc.boolean(), fc.boolean(), async (parts, content, block) => {
        const bytes = Buffer.concat(
          parts.flatMap(([part, times]) => Array.from({ length: times }, () => part)),
        );
        const frame = compressFrameSync(bytes, { contentChecksum: content, blockChecksums: block });
        expect((await unpack(frame)).equals(bytes)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("may have blocks that repeat what came in the block before", async () => {
    const text = await unpack(frameOf(BLOCKS_LINKED, [LITERALS, MATCH, MATCH]));
    expect(text.toString()).toBe("abcdefghabcdefgh.bcdefgh..");
  });

  it("reaches back 64 KiB through linked blocks, and not further than its start", async () => {
    // 32 KiB - 8 of one letter: a literal, and a match of the rest that repeats it.
    const long = [0x1f, ...letters("x"), 1, 0];
    for (let rest = 32_760 - 1 - 19; rest >= 0; rest -= 255) long.push(Math.min(rest, 255));
    const last = [0x00 + 0x04, 0xf8, 0xff, 0x10, ...letters(".")];
    const filler = [...long, 0x80, ...letters("12345678")];
    const text = await unpack(frameOf(BLOCKS_LINKED, [LITERALS, filler, filler, last]));
    expect(text.subarray(-9).toString()).toBe(
      `${text
        .subarray(-9 - 0xfff8)
        .subarray(0, 8)
        .toString()}.`,
    );
    await expect(unpack(frameOf(BLOCKS_LINKED, [MATCH]))).rejects.toThrow(PackedError);
  });

  it("has independent blocks that may not", async () => {
    await expect(unpack(frameOf(BLOCKS_INDEPENDENT, [LITERALS, MATCH]))).rejects.toThrow(
      "the lz4 data is damaged",
    );
  });

  it("that says its length must have it", async () => {
    const whole = frameOf(BLOCKS_INDEPENDENT | WITH_SIZE, [LITERALS], 8n);
    expect((await unpack(whole)).toString()).toBe("abcdefgh");
    await expect(unpack(frameOf(BLOCKS_INDEPENDENT | WITH_SIZE, [LITERALS], 9n))).rejects.toThrow(
      "the lz4 data is damaged (a frame of 8 bytes says that it holds 9)",
    );
  });

  it("with a dictionary, a later version or unknown flags is refused", async () => {
    await expect(unpack(frameOf(BLOCKS_LINKED | 0x01, [LITERALS]))).rejects.toThrow(
      "is an lz4 file that needs a dictionary",
    );
    for (const flags of [0x80, BLOCKS_LINKED | 0x02]) {
      await expect(unpack(frameOf(flags, [LITERALS]))).rejects.toThrow("its frame header is none");
    }
  });

  it("whose block is longer than its header allows is refused before it is read", async () => {
    const frame = frameOf(BLOCKS_INDEPENDENT, [LITERALS]);
    frame.writeUInt32LE(0x7fffffff, 7);
    await expect(unpack(frame)).rejects.toThrow("a block is longer than its frame allows");
  });
});

describe("an lz4 block of any bytes", () => {
  it("never reads or writes outside its buffers", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(20), (bytes, start) => {
        const output = Buffer.alloc(100, 7);
        const end = unpackLz4Block(Buffer.from(bytes), output.subarray(0, 80), start);
        expect(end ?? 80).toBeLessThanOrEqual(80);
        expect(output.subarray(80).every((byte) => byte === 7)).toBe(true);
        expect(output.subarray(0, start).every((byte) => byte === 7)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("xxHash32", () => {
  it.each([
    ["", 0x02cc5d05],
    ["a", 0x550d7456],
    ["abc", 0x32d153ff],
    ["Nobody inspects the spammish repetition", 0xe2293b2f],
  ])("of %j is the published one", (text, hash) => {
    expect(xxHash32(Buffer.from(text))).toBe(hash);
  });

  it("is the same in whatever chunks the bytes come", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (chunks) => {
        const hash = new XxHash32();
        for (const chunk of chunks) hash.update(Buffer.from(chunk));
        expect(hash.digest()).toBe(xxHash32(Buffer.concat(chunks)));
      }),
    );
  });
});
