import fc from "fast-check";
import {
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionData,
  toEventSelector,
  toFunctionSelector,
  type AbiEvent,
} from "viem";
import { describe, expect, it } from "vitest";
import { EVENT_TABLE } from "../src/sources/evmLogs/eventTable.ts";
import { LogDecoder } from "../src/sources/evmLogs/logDecoder.ts";
import { MAKER_CALLS } from "../src/sources/evmLogs/makerCalls.ts";
import { canonicalJson } from "../src/sources/onchain/canonicalJson.ts";
import { viemArgs, viemCallArgs, viemEvent, viemFunction } from "./viemOracle.ts";

const hexBytes = (least: number, most: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: least, maxLength: most })
    .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);

/** Integers of every length of digits, and the ends of the range: a limb or a sign goes wrong at one of them. */
function integers(bits: number, signed: boolean): fc.Arbitrary<bigint> {
  const [min, max] = signed
    ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n]
    : [0n, 2n ** BigInt(bits) - 1n];
  const small = fc
    .tuple(fc.integer({ min: 0, max: bits }), fc.bigInt({ min: -3n, max: 3n }), fc.boolean())
    .map(([power, add, negative]) => (2n ** BigInt(power) + add) * (negative && signed ? -1n : 1n))
    .filter((value) => value >= min && value <= max);
  return fc.oneof(fc.bigInt({ min, max }), small, fc.constantFrom(min, max, 0n));
}

/** Values of a type of the ABI as viem takes them. */
function values(type: string): fc.Arbitrary<unknown> {
  if (type.endsWith("[]")) return fc.array(values(type.slice(0, -2)), { maxLength: 5 });
  const [, kind, size] = /^([a-z]+)(\d*)$/.exec(type) ?? [];
  if (kind === "uint" || kind === "int") {
    const bits = Number(size);
    // viem takes integers of up to 48 bits as numbers.
    return integers(bits, kind === "int").map((value) => (bits <= 48 ? Number(value) : value));
  }
  if (kind === "bool") return fc.boolean();
  if (kind === "address") return hexBytes(20, 20);
  return size === "" ? hexBytes(0, 70) : hexBytes(Number(size), Number(size));
}

/** Logs of an event with any arguments, encoded by viem. */
function logsOf(event: AbiEvent): fc.Arbitrary<{ topics: readonly string[]; data: string }> {
  const inputs = event.inputs;
  return fc.tuple(...inputs.map(({ type }) => values(type))).map((args) => {
    const named = Object.fromEntries(inputs.map(({ name }, place) => [name, args[place]]));
    const topics = encodeEventTopics({ abi: [event], args: named } as never) as string[];
    const plain = inputs.flatMap((input, place) => (input.indexed ? [] : [place]));
    const data = encodeAbiParameters(
      plain.map((place) => inputs[place]!),
      plain.map((place) => args[place]) as never,
    );
    return { topics, data };
  });
}

describe("the table of events", () => {
  it("has the keccak-256 of each signature as its topic 0", () => {
    for (const [topic0, declaration] of EVENT_TABLE) {
      expect([topic0, declaration]).toEqual([toEventSelector(viemEvent(declaration)), declaration]);
    }
  });

  it("has no two events that a log could not tell apart", () => {
    const keys = EVENT_TABLE.map(([topic0, declaration]) => {
      const { inputs } = viemEvent(declaration);
      return `${topic0} ${inputs.filter((input) => "indexed" in input && input.indexed).length}`;
    });
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("has the selector of each logged call", () => {
    for (const [selector, declaration] of MAKER_CALLS) {
      expect([selector, declaration]).toEqual([
        toFunctionSelector(viemFunction(declaration)),
        declaration,
      ]);
    }
  });
});

describe("decoding, against viem", () => {
  const decoder = new LogDecoder();
  for (const [topic0, declaration] of EVENT_TABLE) {
    const event = viemEvent(declaration);
    it(`${topic0.slice(0, 10)} ${declaration.slice("event ".length)}`, () => {
      fc.assert(
        fc.property(logsOf(event), ({ topics, data }) => {
          expect(decoder.decode(topics, data)).toEqual({
            event: event.name,
            args: viemArgs(event, topics, data),
            misfit: false,
          });
        }),
        { numRuns: 60 },
      );
    });
  }

  const word = (digits: string): string => digits.padStart(64, "0");
  /** A LogNote: the selector, three topics, and the call in seven padded words. */
  function note(data: string, topics: readonly string[]): { topics: string[]; data: string } {
    const call = data.slice(2);
    return {
      topics: [`${data.slice(0, 10)}${"0".repeat(56)}`, ...topics.map((own) => `0x${own}`)],
      data: `0x${word("20")}${word("e0")}${call.padEnd(448, "0")}`,
    };
  }
  for (const [, declaration] of MAKER_CALLS) {
    const call = viemFunction(declaration);
    it(`logged call ${declaration.slice("function ".length)}`, () => {
      const calls = fc.tuple(...call.inputs.map(({ type }) => values(type)));
      fc.assert(
        fc.property(calls, hexBytes(20, 20), (args, caller) => {
          const data = encodeFunctionData({ abi: [call], args } as never);
          const words = [0, 1, 2].map((place) =>
            data.slice(10 + 64 * place, 74 + 64 * place).padEnd(64, "0"),
          );
          const [first = "", second = "", third = ""] = words;
          const byVat = note(data, [first, second, third]);
          const decoded = viemCallArgs(call, data);
          expect(decoder.decode(byVat.topics, byVat.data)).toMatchObject({
            event: call.name,
            args: canonicalJson(decoded),
          });
          fc.pre(word(caller.slice(2)) !== first);
          const byOthers = note(data, [word(caller.slice(2)), first, second]);
          expect(decoder.decode(byOthers.topics, byOthers.data)).toMatchObject({
            event: call.name,
            args: canonicalJson({ ...decoded, caller }),
          });
        }),
        { numRuns: 40 },
      );
    });
  }
});
