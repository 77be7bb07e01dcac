import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { CHECKSUM_FAILED, CHECKSUM_MATCHED, MESSAGE_END } from "@aftershock/schema";
import { beforeAll, describe, expect, it } from "vitest";
import { openFile } from "../src/files/openFile.ts";
import type { RowSink, SourceLine } from "../src/source.ts";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import {
  followBooks,
  otherDigit,
  priceIn,
  seeded,
  sizeIn,
  type CheckedMessage,
  type TextPlace,
} from "./checkedMessages.ts";
import { sampleLines } from "./captured.ts";
import { FTX, KRAKEN, OKX } from "./capturedLevels.ts";

const DATA = resolve(import.meta.dirname, "../../../../shared/data/orderbook/multivenue-raw");

/** A line to be read, and what its message must say of its checksum; undefined: nothing that is asked about. */
interface Step {
  readonly text: string;
  readonly verdict?: typeof CHECKSUM_MATCHED | typeof CHECKSUM_FAILED;
}

/** Reads lines as one file, and returns the verdicts that are not as they should be. */
async function wrongVerdicts(name: string, steps: readonly Step[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  const verdicts = new Uint8Array(steps.length);
  const sink: RowSink = {
    row: (stream, _venue, _symbol, row) => {
      const flags = "flags" in row && typeof row.flags === "number" ? row.flags : 0;
      if (stream === "book" && (flags & MESSAGE_END) !== 0) verdicts[row.line - 1] = flags;
    },
    quarantine: ({ number }, reason) => wrong.push(`${number} quarantined: ${reason}`),
    skip: () => {},
    note: () => {},
    dataset: () => {},
  };
  const lines = steps.map(({ text }, i): SourceLine => ({ number: i + 1, text }));
  await cryptofeed.createReader({}).read(
    {
      name,
      async *bytes() {},
      async *lines() {
        yield lines;
      },
    },
    sink,
  );
  const both = CHECKSUM_MATCHED | CHECKSUM_FAILED;
  for (const [i, { text, verdict }] of steps.entries()) {
    const found = (verdicts[i] ?? 0) & both;
    if (verdict !== undefined && found !== verdict) wrong.push(`${found}: ${text.slice(0, 300)}`);
  }
  return wrong;
}

/** Every way to change one digit of a piece of a line. */
const everyDigit = (text: string, place: TextPlace): readonly string[] => [
  ...new Set(Array.from({ length: place.length }, (_, i) => otherDigit(text, place, (n) => i % n))),
];

const HAND_WRITTEN = [
  ["KRAKEN.ws.1.0", KRAKEN, 2],
  ["OKX.ws.1.0", OKX, 2],
  ["FTX.ws.1.0", FTX, 2],
] as const;

describe("one digit of a message written by hand", () => {
  it.each(HAND_WRITTEN)(
    "of %s, whichever it is: that message fails",
    async (name, venue, checksums) => {
      const lines = sampleLines(name).map((text, i) => ({ number: i + 1, text }));
      const followed = followBooks(lines, venue, () => false);
      let found = 0;
      for (const [i, message] of followed.entries()) {
        if (typeof message === "string") continue;
        found += 1;
        const { text, checksum, covered } = message;
        const places = [checksum, ...covered.flatMap((level) => [priceIn(level), sizeIn(level)])];
        const before = lines.slice(0, i).map((line): Step => ({ text: line.text }));
        for (const damaged of places.flatMap((place) => everyDigit(text, place))) {
          const steps = [...before, { text: damaged, verdict: CHECKSUM_FAILED } as const];
          expect(await wrongVerdicts(name, steps)).toEqual([]);
        }
        expect(await wrongVerdicts(name, [...before, { text, verdict: CHECKSUM_MATCHED }])).toEqual(
          [],
        );
      }
      expect(found).toBe(checksums);
    },
  );
});

/** Captures, with how many checksums they hold, and whether a feed has levels beyond those that its checksum covers. */
const CASES = [
  { file: "KRAKEN-c197c0.0.gz", venue: KRAKEN, checksums: 14_496, beyond: true },
  { file: "OKX.ws.1.0_20220227.gz", venue: OKX, checksums: 3_679, beyond: true },
  { file: "OKEX.ws.1.0.gz", venue: OKX, checksums: 1_504, beyond: true },
  { file: "FTX-6d2b81.0.gz", venue: FTX, checksums: 3_377, beyond: false },
] as const;

/** About how many messages of a venue have a price changed: after each the whole book is sent anew, which takes its time. */
const PRICES = 1_000;

for (const { file, venue, checksums, beyond } of CASES) {
  const path = resolve(DATA, file);
  describe.skipIf(!existsSync(path))(`one digit of a message of ${file}`, () => {
    let followed: readonly (string | CheckedMessage)[];
    let messages: readonly CheckedMessage[];
    const pick = seeded(7);
    const one = <T>(items: readonly T[]): T | undefined => items[pick(items.length)];
    const matched = ({ text }: CheckedMessage): Step => ({ text, verdict: CHECKSUM_MATCHED });
    /** The whole capture, with lines put in where `of` gives any. A message read twice leaves the book as it was after it. */
    const capture = (of: (message: CheckedMessage) => readonly Step[]): readonly Step[] =>
      followed.flatMap((line) =>
        typeof line === "string" ? [{ text: line }] : [...of(line), matched(line)],
      );
    const failing = (steps: readonly Step[]): number =>
      steps.filter(({ verdict }) => verdict === CHECKSUM_FAILED).length;

    beforeAll(async () => {
      const lines: SourceLine[] = [];
      for await (const some of (await openFile(path)).lines()) lines.push(...some);
      followed = followBooks(lines, venue, () => pick(checksums) < PRICES);
      messages = followed.filter((line) => typeof line !== "string");
    });

    it("of its checksum: that message fails and no other", async () => {
      const steps = capture(({ text, checksum }) => [
        { text: otherDigit(text, checksum, pick), verdict: CHECKSUM_FAILED },
      ]);
      expect(failing(steps)).toBe(checksums);
      expect(await wrongVerdicts(file, steps)).toEqual([]);
    });

    it("of the size of a level that the checksum covers: that message fails", async () => {
      const steps = capture(({ text, covered }) => {
        const level = one(covered);
        if (level === undefined) return [];
        return [{ text: otherDigit(text, sizeIn(level), pick), verdict: CHECKSUM_FAILED }];
      });
      expect(failing(steps)).toBe(messages.filter(({ covered }) => covered.length > 0).length);
      expect(failing(steps)).toBeGreaterThan(Math.min(300, checksums / 5));
      expect(await wrongVerdicts(file, steps)).toEqual([]);
    });

    it("of the price of a level that the checksum covers: that message fails", async () => {
      const steps = capture(({ text, changed, repair }) => {
        const level = one(changed);
        if (level === undefined || repair === undefined) return [];
        const damaged = otherDigit(text, priceIn(level), pick);
        return [{ text: damaged, verdict: CHECKSUM_FAILED }, { text: repair }];
      });
      expect(failing(steps)).toBeGreaterThan(Math.min(300, checksums / 5));
      expect(await wrongVerdicts(file, steps)).toEqual([]);
    });

    it(`of a level below those that the checksum covers${beyond ? ": nothing shows it" : ": there is none, the feed has no more levels"}`, async () => {
      const steps = capture(({ text, beyond: levels }) => {
        const level = one(levels);
        if (level === undefined) return [];
        return [{ text: otherDigit(text, sizeIn(level), pick), verdict: CHECKSUM_MATCHED }];
      });
      expect(steps.length > followed.length).toBe(beyond);
      expect(await wrongVerdicts(file, steps)).toEqual([]);
    });
  });
}
