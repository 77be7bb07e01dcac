import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, DataError } from "@aftershock/schema";
import type { SourceFile } from "../src/source.ts";
import { databento } from "../src/sources/databento/databento.ts";
import { dbnFile, dbnHead, mboBytes, mbpBytes, otherBytes } from "./dbnFile.ts";
import { memoryFile } from "./memoryFile.ts";
import { bid, F_LAST, NANO, readDbn, readFiles } from "./readDatabento.ts";
import { reasonsOf, skipsOf } from "./readWith.ts";

describe("a DBN file", () => {
  const records = [
    mboBytes({ ...bid, action: "A", id: 1n, size: 1 }),
    mbpBytes({ action: "T", side: "B", price: NANO, size: 1 }, 10),
    otherBytes(0x13, 64),
    mboBytes({ ...bid, action: "C", id: 1n, size: 1, flags: F_LAST }),
  ];

  it("is recognised by its first bytes", () => {
    const head = (bytes: Uint8Array): boolean =>
      databento.recognises({ name: "x", bytes, text: Buffer.from(bytes).toString("utf8") });
    expect([1, 2, 3].map((version) => head(dbnHead({ version })))).toEqual([true, true, true]);
    expect(head(Buffer.from("DBNotes,1\n"))).toBe(false);
  });

  it("is cut alike at any borders of its chunks, its records numbered, their text their bytes", async () => {
    const bytes = dbnFile({}, records);
    const lengths = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(lengths, async (each) => {
        const file: SourceFile = {
          ...memoryFile("a.dbn", bytes),
          async *bytes() {
            for (let from = 0, i = 0; from < bytes.length; i += 1) {
              const length = each[i % each.length] ?? 1;
              yield bytes.subarray(from, from + length);
              from += length;
            }
          },
        };
        const found: string[] = [];
        for await (const some of databento.records?.(file) ?? []) {
          for (const { number, text } of some) found.push(`${number} ${text}`);
        }
        expect(found).toEqual(records.map((record, i) => `${i + 1} ${record.toString("hex")}`));
        const memory = await readFiles([file]);
        expect(memory.rows).toHaveLength(4);
      }),
      { numRuns: 50 },
    );
  });

  it("is refused where it is cut within its metadata or a record, wherever", async () => {
    const bytes = dbnFile({}, records);
    let end = bytes.length - records.reduce((sum, record) => sum + record.length, 0);
    const borders = new Set(
      records.map((record) => (end += record.length)).concat(dbnHead().length),
    );
    for (let length = 0; length < bytes.length; length += 1) {
      const read = readFiles([memoryFile("a.dbn", bytes.subarray(0, length))]);
      if (borders.has(length)) await read;
      else await expect(read, `cut to ${length}`).rejects.toThrow(DataError);
    }
  });

  it("skips records of other kinds, and quarantines those of none", async () => {
    const memory = await readDbn([otherBytes(0x13, 64), otherBytes(0x17), otherBytes(0x77)]);
    expect(skipsOf(memory)).toEqual([
      "1 record of another kind: instrument definition",
      "2 record of another kind: message of the gateway",
    ]);
    expect(reasonsOf(memory)).toEqual(["rtype is 119, not a type of record"]);
  });

  it("may have the time of sending after each record", async () => {
    const record = Buffer.concat([
      mboBytes({ ...bid, action: "A", id: 1n, size: 1 }),
      Buffer.alloc(8),
    ]);
    record.writeUInt8(16, 0);
    expect((await readDbn([record], { hasSendTime: true })).rows).toHaveLength(1);
    await expect(readDbn([record])).rejects.toThrow(
      "a.dbn: the DBN data is damaged: record 1 of type 160 is 64 bytes long, not 56",
    );
  });

  it("is refused when it cannot be cut, or is of another version", async () => {
    const tiny = otherBytes(0x13);
    tiny.writeUInt8(3, 0);
    await expect(readDbn([mboBytes({ action: "R" }), tiny])).rejects.toThrow(
      "a.dbn: the DBN data is damaged: record 2 is 12 bytes long, less than a header",
    );
    await expect(readDbn([], { version: 4 })).rejects.toThrow(
      "a.dbn: is a DBN file of version 4, not 1, 2 or 3",
    );
    await expect(readDbn([], { dataset: "no dataset" })).rejects.toThrow(
      'a.dbn: the dataset is "no dataset", not a name',
    );
  });

  it("tells its venue, so that the user may not name another", async () => {
    const file = memoryFile("a.dbn", dbnFile({}, records));
    await expect(readFiles([file], { venue: "cme" })).rejects.toThrow(ConfigError);
    expect((await readFiles([file], { venue: "glbx-mdp3" })).rows).toHaveLength(4);
  });
});
