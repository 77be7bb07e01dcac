import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SourceFile } from "../src/source.ts";
import { binanceRaw } from "../src/sources/binance/binanceRaw.ts";
import { fileOf } from "./memorySink.ts";
import { stored } from "./storedFiles.ts";

/** 2024-08-05T23:59:50Z, ms: midnight comes within a recording. */
const START = 1_722_902_390_000;

/** Symbols that show where a market could be taken for another, and one that no message of the venue has. */
const INSTRUMENTS = [
  { symbol: "BTCUSDT", market: "usdm" },
  { symbol: "ETHUSDT", market: "usdm" },
  { symbol: "BTCUSDT", market: "spot" },
  { symbol: "BTCUSD_PERP", market: "coinm" },
  { symbol: 'ODD"É', market: "usdm" },
] as const;

type Market = (typeof INSTRUMENTS)[number]["market"];

/** Mostly what captures hold, now and then what they should not. */
const seldom = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 30): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: usual, weight }, { arbitrary: odd, weight: 1 });

const decimalText = seldom(
  fc.tuple(fc.nat(70_000), fc.nat(999)).map(([whole, rest]) => `${whole}.${rest}00`),
  fc.constantFrom(
    "0",
    "0.00000000",
    "1e-7",
    "-3",
    "+2",
    "123456789012345",
    "1234567890123456",
    "99999999.99999999",
    "12345678.00000000",
    "0.000000000000001",
    "0.0000000000000000001",
    "0.00000000000000100001",
    ".5",
    "7.",
    "",
    "x",
    "00012.50",
    " 1",
  ),
  70,
);

/** One message to be sent, as far as it does not depend on those before it. */
const step = fc.record({
  kind: fc.oneof(
    { arbitrary: fc.constant("diff" as const), weight: 8 },
    { arbitrary: fc.constantFrom("quote" as const, "trade" as const), weight: 6 },
    { arbitrary: fc.constantFrom("snapshot" as const, "aggTrade" as const), weight: 2 },
    {
      arbitrary: fc.constantFrom(
        "mark" as const,
        "kline" as const,
        "reply" as const,
        "noise" as const,
      ),
      weight: 1,
    },
  ),
  instrument: seldom(fc.constantFrom(0, 2, 3), fc.constantFrom(1, 4), 60),
  /** Passes on the recorder's clock, ms. */
  pause: seldom(fc.nat(900), fc.constantFrom(-1, -29_000, -40_000, 31_000)),
  /** Where a diff begins against the one before. */
  jump: seldom(fc.constant(0), fc.constantFrom(-9, -1, 1, 5), 25),
  /** How far a snapshot is behind the last diff. */
  behind: seldom(fc.nat(6), fc.constantFrom(-5, 40), 10),
  span: seldom(fc.nat(4), fc.constant(-2)),
  bids: fc.array(fc.tuple(decimalText, decimalText), { maxLength: 3 }),
  asks: fc.array(fc.tuple(decimalText, decimalText), { maxLength: 3 }),
  texts: fc.tuple(decimalText, decimalText, decimalText, decimalText),
  count: seldom(
    fc.nat(1e9),
    fc.constantFrom(0, -1, 1.5, 1e15, 2 ** 53 - 1, 2 ** 53, 1e16, null, "7"),
  ),
  isMaker: seldom<unknown>(fc.boolean(), fc.constantFrom("true", null), 60),
  /** Added to the venue's clock, ms. */
  clock: seldom(
    fc.integer({ min: -5, max: 5 }),
    fc.constantFrom(-1.8e12, -1e12, 1.7e15, 8e12, 0.5),
    60,
  ),
  type: seldom(fc.constant("MARKET"), fc.constantFrom("INSURANCE_FUND", null), 60),
  form: fc.oneof(
    { arbitrary: fc.constant("combined" as const), weight: 40 },
    {
      arbitrary: fc.constantFrom("bare", "micros", "extra", "turned", "spaced", "other"),
      weight: 1,
    },
  ),
  /** One change of the line: where, as a part of its length, how many characters go, and what comes. */
  edit: seldom(
    fc.constant(undefined),
    fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(2),
      fc.constantFrom("", "0", "1", "9", ".", ",", '"', "\\", "-", "e", " ", "}", "[", "\n", "é"),
    ),
    40,
  ),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A recorder that is sent messages, and the chain of each book. */
class Recorder {
  private recv = START;
  private readonly chains = INSTRUMENTS.map(() => 1_000);

  line(sent: Step): string {
    this.recv += sent.pause;
    const digits = sent.form === "micros" ? "123" : "123456";
    const text = `${this.recv}${digits} ${this.message(sent)}`;
    if (sent.edit === undefined) return text;
    const [at, gone, comes] = sent.edit;
    const from = Math.floor(at * text.length);
    return text.slice(0, from) + comes + text.slice(from + gone);
  }

  private message(sent: Step): string {
    if (sent.kind === "reply") return '{"result":null,"id":1}';
    if (sent.kind === "noise") return sent.isMaker === true ? "" : '{"a":1}';
    const { symbol, market } = INSTRUMENTS[sent.instrument] ?? INSTRUMENTS[0];
    if (sent.kind === "snapshot") return JSON.stringify(this.snapshot(sent, symbol, market));
    const [channel, data] = this.event(sent, symbol, market);
    const named = channel === "depth@0ms" && sent.form === "other" ? "depth20" : channel;
    const { form } = sent;
    if (form === "extra") return JSON.stringify({ stream: "x@y", data: { ...data, zz: 1 } });
    if (form === "turned") {
      return JSON.stringify({ data: Object.fromEntries(Object.entries(data).toReversed()) });
    }
    if (form === "bare") return JSON.stringify(data);
    const message = { stream: `${symbol.toLowerCase()}@${named}`, data };
    return form === "spaced"
      ? JSON.stringify(message, null, " ").replaceAll("\n", "")
      : JSON.stringify(message);
  }

  private snapshot(
    { instrument, behind, bids, asks }: Step,
    symbol: string,
    market: Market,
  ): object {
    const lastUpdateId = Math.max(0, (this.chains[instrument] ?? 0) - behind);
    const time = market === "spot" ? {} : { E: this.recv, T: this.recv };
    const named = market === "coinm" ? { symbol, pair: "BTCUSD" } : {};
    return { lastUpdateId, ...time, ...named, bids, asks };
  }

  private event(sent: Step, s: string, market: Market): [string, object] {
    const { texts, count, clock, type: X } = sent;
    const E = this.recv + clock;
    const T = market === "spot" ? {} : { T: E - 1 };
    const ps = market === "coinm" ? { ps: "BTCUSD" } : {};
    const [p, q, a, A] = texts;
    const m = sent.isMaker;
    if (sent.kind === "diff") {
      return ["depth@0ms", { e: "depthUpdate", E, ...T, s, ...ps, ...this.chain(sent, market) }];
    }
    if (sent.kind === "quote") {
      if (market === "spot") return ["bookTicker", { u: count, s, b: p, B: q, a, A }];
      return ["bookTicker", { e: "bookTicker", u: count, s, ...ps, b: p, B: q, a, A, ...T, E }];
    }
    if (sent.kind === "trade") {
      if (market !== "spot") return ["trade", { e: "trade", E, T: E, s, t: count, p, q, X, m }];
      return ["trade", { e: "trade", E, s, t: count, p, q, T: E, m, M: true }];
    }
    if (sent.kind === "aggTrade") {
      return ["aggTrade", { e: "aggTrade", E, a: count, s, p, q, f: 1, l: 2, T: E, m }];
    }
    if (sent.kind === "mark") {
      return ["markPrice", { e: "markPriceUpdate", E, s, p, i: q, r: "0.0001", T: E }];
    }
    return ["kline_1m", { e: "kline", E, s, k: {} }];
  }

  private chain({ instrument, jump, span, bids: b, asks: a }: Step, market: Market): object {
    const before = this.chains[instrument] ?? 0;
    const U = before + 1 + jump;
    const u = U + span;
    this.chains[instrument] = Math.max(before, u);
    return market === "spot" ? { U, u, b, a } : { U, u, pu: before + Math.min(jump, 1), b, a };
  }
}

/** The same text in pieces of any size. */
function inPieces(file: SourceFile, text: string, sizes: readonly number[]): SourceFile {
  const bytes = Buffer.from(text);
  return {
    ...file,
    async *bytes() {
      let at = 0;
      for (let i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        // A copy, and a byte before it: a chunk is valid only until the next one, and need not begin at its buffer's beginning.
        const chunk = new Uint8Array(size + 1).subarray(1);
        chunk.set(bytes.subarray(at, at + size));
        yield chunk.subarray(0, Math.min(size, bytes.length - at));
        chunk.fill(10);
        at += size;
      }
    },
  };
}

const recording = fc
  .tuple(
    fc.array(step, { maxLength: 80, size: "max" }),
    fc.constantFrom("\n", "\r\n"),
    fc.boolean(),
  )
  .map(([steps, end, isClosed]) => ({ steps, end, isClosed }));

describe("the bulk reader of Binance captures", () => {
  it("stores, skips, notes, quarantines and refuses what the plain reader does, whatever the lines are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(recording, { minLength: 1, maxLength: 2 }),
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 }),
        async (recordings, sizes) => {
          const recorder = new Recorder();
          const files = recordings.map(({ steps, end, isClosed }, i) => {
            const lines = steps.map((sent) => recorder.line(sent));
            const text = lines.join(end) + (isClosed && lines.length > 0 ? end : "");
            return { file: fileOf(`capture${i}`, text), text };
          });
          const plain = await stored(
            binanceRaw,
            files.map(({ file }) => file),
            "plain",
          );
          const pieces = files.map(({ file, text }) => inPieces(file, text, sizes));
          const bulk = await stored(binanceRaw, pieces, "bulk");
          expect({ ...bulk, parsed: 0 }).toEqual({ ...plain, parsed: 0 });
        },
      ),
      { numRuns: 500 },
    );
  });
});
