import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "@aftershock/schema";
import type { SourceFile, SourceLine } from "../src/source.ts";
import { jsonDocument, jsonElements } from "../src/sources/read/jsonElements.ts";

/** A file of bytes that come in chunks of the given lengths, over and over. */
function fileOf(text: string, lengths: readonly number[] = [1 << 18]): SourceFile {
  const bytes = Buffer.from(text, "utf8");
  return {
    name: "a.json",
    async *bytes(): AsyncGenerator<Uint8Array> {
      for (let at = 0, i = 0; at < bytes.length; i += 1) {
        const length = lengths[i % lengths.length] ?? 1;
        yield bytes.subarray(at, at + length);
        at += length;
      }
    },
    async *lines(): AsyncGenerator<readonly SourceLine[]> {},
  };
}

async function cut(
  text: string,
  path: readonly string[] = [],
  lengths?: readonly number[],
): Promise<readonly string[]> {
  const records: SourceLine[] = [];
  for await (const some of jsonElements(fileOf(text, lengths), path)) records.push(...some);
  expect(records.map(({ number }) => number)).toEqual(records.map((_, i) => i + 1));
  return records.map((record) => record.text);
}

describe("the elements of a JSON array", () => {
  it("are its elements' own texts, numbered from 1", async () => {
    expect(await cut('[ {"price":1.50, "a":[1,2]} ,"x, ]\\"",\n-1e3,null ]\n')).toEqual([
      '{"price":1.50, "a":[1,2]}',
      '"x, ]\\""',
      "-1e3",
      "null",
    ]);
    expect(await cut("[]")).toEqual([]);
    expect(await cut("\uFEFF [ ] ")).toEqual([]);
  });

  it("are found under a path of keys, whatever stands beside it", async () => {
    const text =
      '{"error":[],"no":{"trades":[9]},"result":{"last":"1","tr\\u0061des":[[1],[2]],"x":{"trades":[8]}},"n":-1}';
    expect(await cut(text, ["result", "trades"])).toEqual(["[1]", "[2]"]);
    expect(await cut(text, ["error"])).toEqual([]);
    expect(await cut(text, ["no", "trades"])).toEqual(["9"]);
  });

  it("are found under any key where the path has a star", async () => {
    expect(
      await cut('{"result":{"last":"154","XXBTZUSD":[1,2],"n":{"a":[3]}}}', ["result", "*"]),
    ).toEqual(["1", "2"]);
    expect(await cut('{"a":{"b":1},"c":{"data":[4]}}', ["*", "data"])).toEqual(["4"]);
  });

  it("are refused where two arrays stand at the path", async () => {
    await expect(cut('{"a":[1],"b":[2]}', ["*"])).rejects.toThrow(
      "a.json: the JSON has two arrays at *",
    );
  });

  it("may be broken themselves without harm to the others", async () => {
    expect(await cut('[{"a":},{"a" 1},1 2,,{"a":1]]')).toEqual([
      '{"a":}',
      '{"a" 1}',
      "1 2",
      "",
      '{"a":1]',
    ]);
  });

  it.each([
    ["", [], "the JSON ends early before its first element"],
    ["[1,2", [], "the JSON ends early after element 1"],
    ['[1,"2]', [], "the JSON ends early after element 1"],
    ['{"a":[1]', ["a"], "the JSON ends early after element 1"],
    ["[1]]", [], 'the JSON has "]" at byte 3, where nothing more is expected'],
    ["[1}", [], 'the JSON has "}" at byte 2, where the rest of an element, "," or "]" is expected'],
    ['{"a":1,}', ["a"], 'the JSON has "}" at byte 7, where a key is expected'],
    ['{"a" 1}', ["a"], 'the JSON has "1" at byte 5, where ":" is expected'],
    ['{"a":}', ["a"], 'the JSON has "}" at byte 5, where a value is expected'],
    ['{"a":[1] 2}', ["a"], 'the JSON has "2" at byte 9, where "," or "}" is expected'],
    ['{"\\x":1}', ["a"], 'the JSON has a broken key "\\x"'],
    ["1,2", ["a"], 'the JSON has "," at byte 1, where the rest of a value, "," or "}" is expected'],
    ['{"a":1}', ["b"], "the JSON has no array at b"],
    ['{"a":null}', ["a"], "the JSON has no array at a"],
    ["[1,2]", ["a"], "the JSON has no array at a"],
    ["17", ["a"], "the JSON has no array at a"],
    ["{}", [], "the JSON has no array at its top"],
    ['"text"', [], "the JSON has no array at its top"],
  ])("are refused of %j under %j", async (text, path, message) => {
    await expect(cut(text, path)).rejects.toThrow(`a.json: ${message}`);
    await expect(cut(text, path, [1])).rejects.toThrow(DataError);
  });

  const blanks = fc.constantFrom("", " ", "\n", "\r\n\t ");
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  const text = fc.string({ unit: "binary" });
  const values = fc.array(fc.jsonValue({ stringUnit: "binary" }), { maxLength: 6 });

  it("are what JSON.parse finds, at any chunk borders", async () => {
    await fc.assert(
      fc.asyncProperty(values, blanks, lengths, fc.nat(3), async (array, blank, at, indent) => {
        const document = `${blank}${JSON.stringify(array, null, indent)}${blank}`;
        const elements = await cut(document, [], at);
        expect(elements.map((element): unknown => JSON.parse(element))).toEqual(
          JSON.parse(document),
        );
        // The element's own text, not one that means the same.
        const plain = await cut(JSON.stringify(array), [], at);
        expect(plain).toEqual(array.map((value) => JSON.stringify(value)));
      }),
      { numRuns: 300 },
    );
  });

  it("are found under any key, whatever the document holds besides", async () => {
    const keys = text.filter((key) => key !== "*" && key !== "end");
    const others = fc.dictionary(text, fc.jsonValue({ stringUnit: "binary" }), { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(values, others, others, keys, lengths, async (array, a, b, key, at) => {
        const inner = { ...a, [key]: array, end: 1 };
        const document = JSON.stringify({ ...b, outer: inner }, null, 1);
        const elements = await cut(document, ["outer", key], at);
        expect(elements.map((element): unknown => JSON.parse(element))).toEqual(
          JSON.parse(JSON.stringify(array)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("are refused of a document that is cut anywhere", async () => {
    const document = '{"a":{"b":1},"c":[{"x":"]"},[1,2],"é"]}';
    const whole = Buffer.from(document).length;
    for (let length = 0; length < whole; length += 1) {
      const part = Buffer.from(document).subarray(0, length);
      const file = {
        ...fileOf(""),
        bytes: async function* () {
          yield part;
        },
      };
      const read = async (): Promise<void> => {
        for await (const _ of jsonElements(file, ["c"])) {
          /* until it throws */
        }
      };
      await expect(read()).rejects.toThrow(/^a\.json: the JSON ends early/);
    }
  });
});

describe("a JSON document", () => {
  it("is read whole", async () => {
    expect(await jsonDocument(fileOf('\uFEFF{"a":[1,"é"]}', [3]))).toEqual({ a: [1, "é"] });
  });

  it("is refused when it is broken", async () => {
    await expect(jsonDocument(fileOf('{"a":'))).rejects.toThrow(
      /^a\.json: the JSON is broken or cut/,
    );
  });

  it("is refused when it is larger than 64 MiB", async () => {
    const megabyte = Buffer.alloc(1 << 20, 0x20);
    const file = {
      ...fileOf(""),
      bytes: async function* () {
        for (let i = 0; i < 65; i += 1) yield megabyte;
      },
    };
    await expect(jsonDocument(file)).rejects.toThrow(
      "a.json: the JSON document is larger than 64 MiB",
    );
  });
});
