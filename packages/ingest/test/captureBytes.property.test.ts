import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CaptureBytes } from "../src/sources/cryptofeed/captureBytes.fast.ts";
import { FieldPattern } from "../src/sources/cryptofeed/fieldPattern.fast.ts";
import { readCaptureLine } from "../src/sources/cryptofeed/captureLine.ts";
import { fractionOf } from "../src/sources/deribit/deribitMarket.ts";
import { decimalOf } from "../src/sources/read/jsonFields.ts";
import { parseIsoMicros } from "../src/sources/read/parseIsoMicros.ts";
import { parseSeconds } from "../src/sources/read/venueTimes.ts";

/** The line `1700000000.25: <text>`, begun. */
function begun(text: string): CaptureBytes {
  const line = new CaptureBytes();
  expect(line.begin(Buffer.from(`1700000000.25: ${text}\n`), 0, 1)).toBe(true);
  return line;
}

const digits = (most: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^\\d{1,${most}}$`));

/** Numbers as venues write them, and others that look like one. */
const numberText = fc.oneof(
  fc
    .tuple(fc.constantFrom("", "", "", "-"), fc.nat(99_999), digits(12))
    .map(([sign, whole, rest]) => `${sign}${whole}.${rest}`),
  fc.nat().map(String),
  fc.double({ min: 0, noNaN: true }).map(String),
  fc
    .tuple(fc.nat(999), digits(4), fc.integer({ min: 0, max: 25 }))
    .map(([whole, rest, ten]) => `${whole}.${rest}e-${String(ten).padStart(2, "0")}`),
  fc.stringMatching(/^[\d.eE+-]{1,10}$/),
);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe("a message read from its bytes", () => {
  it("has the exact decimals of the plain reader in its numbers, or leaves them to it", () => {
    fc.assert(
      fc.property(numberText, (text) => {
        const line = begun(`${text},`);
        if (!line.readDecimal() || !line.is(",".charCodeAt(0))) return;
        expect(decimalOf(parsed(text), "it")).toEqual({
          mantissa: line.mantissa,
          decimals: line.decimals,
        });
        expect(decimalOf(text, "it")).toEqual(decimalOf(parsed(text), "it"));
      }),
      { numRuns: 2_000 },
    );
    const plain = begun("0.05010,");
    expect([plain.readDecimal(), plain.mantissa, plain.decimals]).toEqual([true, 501, 4]);
  });

  it("has the doubles of the plain reader in its fields, and its percentages as the same fractions", () => {
    const pattern = new FieldPattern('{"v":<number>}\n');
    fc.assert(
      fc.property(numberText, (text) => {
        const line = begun(`{"v":${text}}`);
        if (!pattern.read(line)) return;
        const value = parsed(text);
        expect(pattern.real(0)).toBe(value);
        expect(pattern.fraction(0)).toBe(value === 0 ? Number.NaN : fractionOf(Number(value)));
      }),
      { numRuns: 2_000 },
    );
    expect(pattern.read(begun('{"v":139.27}'))).toBe(true);
    expect(pattern.fraction(0)).toBe(1.3927);
  });

  it("has the seconds of the plain reader, or leaves them to it", () => {
    const seconds = fc.oneof(
      fc.tuple(fc.integer({ min: 1e9, max: 9_999_999_999 }), digits(10)).map((of) => of.join(".")),
      fc.stringMatching(/^[\d.]{8,22}$/),
    );
    fc.assert(
      fc.property(seconds, (text) => {
        const line = begun(`${text}"`);
        if (line.readSeconds() && line.is('"'.charCodeAt(0))) {
          expect(line.micros).toBe(parseSeconds(text));
        }
        const whole = new CaptureBytes();
        if (!whole.begin(Buffer.from(`${text}: {}\n`), 0, 7)) return;
        const read = readCaptureLine({ number: 7, text: `${text}: {}` });
        expect(read.kind === "message" && read.message.tsRecv).toBe(whole.tsRecv);
      }),
      { numRuns: 1_000, examples: [["1000000000.0.."]] },
    );
  });

  it("has the instants of the plain reader, or leaves them to it", () => {
    const pad = (n: number): string => String(n).padStart(2, "0");
    const up = (most: number): fc.Arbitrary<string> => fc.nat(most).map(pad);
    const instant = fc
      .tuple(fc.integer({ min: 1960, max: 2300 }), up(13), up(32), up(25), up(61), up(61))
      .map(([year, month, day, ...time]) => `${year}-${month}-${day}T${time.join(":")}`);
    const text = fc
      .tuple(
        instant,
        fc.oneof(
          fc.constant(""),
          digits(7).map((of) => `.${of}`),
        ),
      )
      .map(([at, fraction]) => `${at}${fraction}Z`);
    fc.assert(
      fc.property(text, (iso) => {
        const line = begun(`"${iso}"`);
        if (line.readIso()) expect(line.micros).toBe(parseIsoMicros(iso));
      }),
      { numRuns: 2_000 },
    );
    const leap = begun('"2024-02-29T23:59:59.5Z"');
    expect([leap.readIso(), leap.micros]).toEqual([
      true,
      Date.parse("2024-02-29T23:59:59.5Z") * 1_000,
    ]);
  });

  it("skips what JSON reads, and nothing that it does not", () => {
    const value = fc.oneof(
      { arbitrary: fc.json({ maxDepth: 3 }), weight: 3 },
      { arbitrary: fc.stringMatching(/^[[\]{}",:\d.ntrue-]{1,12}$/), weight: 2 },
    );
    fc.assert(
      fc.property(value, (text) => {
        const line = begun(text);
        if (!line.skipValue() || line.bytes[line.at] !== 10) return;
        expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
    const deep = begun("[".repeat(1_000_000));
    expect(deep.skipValue()).toBe(false);
    const usual = begun('{"a":[1,-2.5,"x",null],"b":{}}');
    expect([usual.skipValue(), usual.bytes[usual.at]]).toEqual([true, 10]);
  });
});
