import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFile } from "../../packages/ingest/src/files/openFile.ts";
import type { SourceLine } from "../../packages/ingest/src/source.ts";
import { FTX, KRAKEN, OKX, type VenueText } from "../../packages/ingest/test/capturedLevels.ts";
import {
  followBooks,
  otherDigit,
  seeded,
  sizeIn,
  type CheckedMessage,
} from "../../packages/ingest/test/checkedMessages.ts";
import { aftershock, json } from "./aftershock.ts";

const DATA = join(import.meta.dirname, "../../../shared/data/orderbook/multivenue-raw");

interface Replayed {
  readonly stateHash: string;
  readonly gaps: readonly { readonly at: number; readonly cause: string }[];
  readonly checksums: { readonly checked: number; readonly matched: number };
  readonly streams: readonly { readonly book?: { readonly snapshots: number } }[];
}

/** Each run of the command is a process of its own. Milliseconds. */
const SEVERAL_RUNS = 120_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-captures-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function linesOf(path: string): Promise<readonly SourceLine[]> {
  const lines: SourceLine[] = [];
  for await (const some of (await openFile(path)).lines()) lines.push(...some);
  return lines;
}

/** The recorder's clock in front of a line, µs. */
const receivedAt = (text: string): number => Math.round(Number(text.split(":", 1)[0]) * 1e6);

/** A capture of two markets of a file, one message of each damaged: of the first in its checksum, of the second in a size. */
interface Damaged {
  readonly text: string;
  readonly markets: readonly [string, string];
  readonly at: readonly [number, number];
  /** How many checksums each has. */
  readonly checksums: readonly [number, number];
}

function damage(lines: readonly SourceLine[], venue: VenueText): Damaged {
  const followed = followBooks(lines, venue, () => false);
  const checked = followed.filter((line) => typeof line !== "string");
  const byMarket = [...Map.groupBy(checked, ({ market }) => market)].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  const [[first, ofFirst] = ["", []], [second, ofSecond] = ["", []]] = byMarket;
  const pick = seeded(11);
  const middle = (messages: readonly CheckedMessage[]): CheckedMessage => {
    const found = messages.slice(messages.length / 2).find(({ covered }) => covered.length > 0);
    if (found === undefined) throw new Error("no message with a level that its checksum covers");
    return found;
  };
  const [a, b] = [middle(ofFirst), middle(ofSecond)];
  const [level] = b.covered;
  if (level === undefined) throw new Error("no level");
  const own = lines.filter(({ text }) => {
    const market = venue.market.exec(text)?.[1];
    return market === undefined ? / <-> \d/.test(text) : market === first || market === second;
  });
  const text = own
    .map((line) => {
      if (line.text === a.text) return otherDigit(a.text, a.checksum, pick);
      return line.text === b.text ? otherDigit(b.text, sizeIn(level), pick) : line.text;
    })
    .join("\n");
  return {
    text: `${text}\n`,
    markets: [first, second],
    at: [receivedAt(a.text), receivedAt(b.text)],
    checksums: [ofFirst.length, ofSecond.length],
  };
}

const DAMAGED = [
  ["KRAKEN-c197c0.0.gz", KRAKEN],
  ["OKX.ws.1.0_20220227.gz", OKX],
  ["FTX-6d2b81.0.gz", FTX],
] as const;

describe.each(DAMAGED)("one digit of one message of %s", (file, venue) => {
  const path = join(DATA, file);
  const name = file.slice(0, -".gz".length);

  it.skipIf(!existsSync(path))(
    "is found by the replay at that message: of its checksum, or of a size",
    async () => {
      const lake = join(folder, `lake-${name}`);
      const { text, markets, at, checksums } = damage(await linesOf(path), venue);
      await writeFile(join(folder, name), text);
      const { ingests } = await json<{
        ingests: { source: string; partitions: { instrument: string }[] }[];
      }>(lake, "ingest", join(folder, name));
      expect(ingests.map(({ source }) => source)).toEqual(["cryptofeed"]);
      const ids = markets.map((market) =>
        String(
          ingests[0]?.partitions.find(({ instrument }) =>
            instrument.endsWith(`:${market.replace("/", "-")}`),
          )?.instrument,
        ),
      );
      const [first, second] = await Promise.all(
        ids.map((id) => json<Replayed>(lake, "replay", id)),
      );

      expect(first?.gaps).toMatchObject([{ at: at[0], cause: "checksum" }]);
      expect(first?.checksums).toEqual({ checked: checksums[0], matched: checksums[0] - 1 });

      expect(second?.gaps).toMatchObject([{ at: at[1], cause: "checksum" }]);
      expect(second?.checksums.checked).toBe(checksums[1]);
      expect(second?.checksums.matched).toBeLessThan(checksums[1]);

      const valid = async (time: number): Promise<boolean> =>
        (await json<{ valid: boolean }>(lake, "book", ids[0] ?? "", "--at", String(time))).valid;
      expect(await Promise.all([at[0] - 1, at[0]].map(valid))).toEqual([true, false]);
      const { stdout } = await aftershock(lake, "replay", ids[0] ?? "");
      expect(stdout).toMatch(/^checksums of the venue: [\d,]+ of [\d,]+ matched$/m);
      expect(stdout).toMatch(/^gap: .*, the venue's checksum is of another book$/m);
    },
    SEVERAL_RUNS,
  );
});

const REPLIES = join(DATA, "BINANCE_DELIVERY.http.0.0.gz");
const STREAM = join(DATA, "BINANCE_DELIVERY.ws.1.0.gz");
const ID = "binance-coinm:BCHUSD_PERP";

describe.skipIf(!existsSync(REPLIES) || !existsSync(STREAM))(
  "depth snapshots in a file of their own (BINANCE_DELIVERY.http.0.0.gz and .ws.1.0.gz)",
  () => {
    it(
      "join the stream's file, in one ingest or in two, in either order",
      async () => {
        const together = join(folder, "lake-together");
        await json(together, "ingest", REPLIES, STREAM);
        const replayed = await json<Replayed>(together, "replay", ID);
        expect(replayed.gaps).toEqual([]);
        expect(replayed.streams.flatMap(({ book }) => book?.snapshots ?? [])).toEqual([1]);
        const apart = join(folder, "lake-apart");
        for (const path of [STREAM, REPLIES]) {
          const { stderr } = await aftershock(apart, "ingest", path);
          expect(stderr).not.toMatch(/replaced/);
        }
        expect((await json<Replayed>(apart, "replay", ID)).stateHash).toBe(replayed.stateHash);
      },
      SEVERAL_RUNS,
    );

    it("are refused in one ingest after the stream that they belong to, with what to do", async () => {
      const { code, stderr } = await aftershock(
        join(folder, "lake-late"),
        "ingest",
        STREAM,
        REPLIES,
      );
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/BINANCE_DELIVERY\.http\.0\.0\.gz:\d+: a depth snapshot of/);
      expect(stderr).toMatch(/Name the file of REST replies before/);
    });
  },
);
