import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Batch,
  type Clock,
  type EventStream,
  MESSAGE_END,
  micros,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { Lake, lakeStream, type LakeStreamOptions, openDuck } from "@aftershock/ingest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storeStreams } from "../../packages/ingest/src/store/storeStreams.ts";
import { bookAt, L2Book, replay, type ReplayOptions } from "../../packages/replay/src/index.ts";
import { testInstrument } from "../../packages/replay/test/batchOf.ts";

/** More than sixteen batches of 65,536 rows, after which a state is kept, on the first of two days. */
const ROWS = 1_200_000;
const SECOND_DAY_ROWS = 300_000;
const MIDNIGHT = 1_722_902_400_000_000;
const START = MIDNIGHT - ROWS * 40;
const BATCH = 50_000;

const instrument = testInstrument();

/**
 * A book whose messages have one to six rows, with a clock that now and then runs back, and a gap; ids chain by row. The second day goes on
 * from the first.
 */
function rowsFrom(first: number, length: number): Batch<"book"> {
  const numbers = (of: (row: number) => number): Float64Array =>
    Float64Array.from({ length }, (_, i) => of(first + i));
  const startOf = (row: number): number => row - (row % 6 < 4 ? row % 6 : (row % 6) - 4);
  const endsAt = (row: number): boolean => row % 6 === 3 || row % 6 === 5;
  const mixed = (row: number): number => (Math.imul(row + 7, 0x9e3779b1) >>> 8) % 1_000;
  return {
    stream: "book",
    instrument,
    length,
    columns: {
      tsRecv: numbers((row) => START + row * 40 - (row % 997 === 0 ? 90 : 0)),
      tsEvent: numbers((row) => START + row * 40 - 500 - (row % 1_009)),
      seq: numbers((row) => row),
      side: Int8Array.from({ length }, (_, i) => ((first + i) % 2 === 0 ? 1 : -1)),
      price: numbers((row) => 600_000 + (row % 2 === 0 ? -1 - mixed(row) : 1 + mixed(row))),
      size: numbers((row) => (mixed(row * 3) < 300 ? 0 : mixed(row * 5))),
      flags: Int8Array.from({ length }, (_, i) => {
        const row = first + i;
        const isSnapshot = row < 4 || (row >= 700_002 && row < 700_006);
        const starts = row === 0 || row === 700_002;
        return (
          (endsAt(row) ? MESSAGE_END : 0) |
          (isSnapshot ? SNAPSHOT : 0) |
          (starts ? SNAPSHOT_START : 0)
        );
      }),
      updateId: numbers((row) => startOf(row) + 6),
      prevUpdateId: numbers((row) => {
        if (row < 4 || (row >= 700_002 && row < 700_006)) return Number.NaN;
        const before = row % 6 < 4 ? startOf(row) - 2 : startOf(row) - 4;
        // A message is missing some time before the second snapshot.
        return before + 6 - (startOf(row) === 690_000 ? 1 : 0);
      }),
    },
  };
}

const made: EventStream<"book"> = {
  stream: "book",
  instrument,
  simulated: true,
  async *batches() {
    for (let row = 0; row < ROWS + SECOND_DAY_ROWS; row += BATCH) yield rowsFrom(row, BATCH);
  },
};

let folder: string;
let lake: Lake;
let duck: Awaited<ReturnType<typeof openDuck>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-keyframes-"));
  lake = new Lake(folder);
  duck = await openDuck();
  const loader = { name: "test", version: 1 };
  await storeStreams({ lake, streams: [made], loader, simulated: { seed: 1 } });
}, 120_000);
afterAll(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

const streamOf = async (options: LakeStreamOptions = {}): Promise<EventStream> =>
  lakeStream(duck, lake, "book", await lake.list(), options);
/** The same stream, read from its start always. */
async function fromStart(): Promise<EventStream> {
  const { seekable: _, ...stream } = await streamOf();
  return stream;
}
const kept = async (): Promise<readonly string[]> =>
  (await readdir(lake.paths.tape)).filter((name) => name.endsWith(".keyframe"));

describe.each(["recv", "event"] as const)("a replay by the %s clock", (clock: Clock) => {
  const windows: readonly (readonly [string, number])[] = [
    ["in the first day, after the kept state", START + 1_100_000 * 40],
    ["before any state", START + 500_000 * 40],
    ["in the second day", MIDNIGHT + 3_000_000],
  ];
  it.each(windows)(
    "from %s is the same from a kept state as from the start",
    async (_, at) => {
      const options: ReplayOptions = { clock, from: micros(at), to: micros(at + 2_000_000) };
      const whole = await replay([await fromStart()], options);
      const first = await replay([await streamOf()], options);
      const again = await replay([await streamOf({ readAhead: false })], options);
      const ahead = await replay([await streamOf({ readAhead: true })], options);
      expect(whole.events).toBeGreaterThan(1_000);
      expect(first).toEqual(whole);
      expect(again).toEqual(whole);
      expect(ahead).toEqual(whole);
      expect(await kept()).not.toEqual([]);
    },
    120_000,
  );

  it("shows the book of an instant as the plain book is there, also where a message is cut by a batch", async () => {
    const plain = new L2Book(instrument, clock);
    const instants = [701_000, 1_048_576, 1_048_600, 1_100_000, 1_250_001];
    let [next, digest] = [0, plain.digest];
    const expected: string[] = [];
    for await (const batch of (await fromStart()).batches()) {
      const times = clock === "recv" ? batch.columns.tsRecv : batch.columns.tsEvent;
      let now = -Infinity;
      for (let row = 0; row < batch.length; row++) {
        now = Math.max(now, times[row]!);
        while (next < instants.length && START + instants[next]! * 40 < now) {
          expected.push(digest);
          next += 1;
        }
        if (next === instants.length) break;
        plain.apply(batch as Batch<"book">, row, row + 1);
        // Only where it is asked for: the digest reads the whole book.
        const soon = START + (instants[next] ?? Infinity) * 40 - now < 60_000;
        if (soon) digest = plain.digest;
      }
    }
    for (const [i, instant] of instants.entries()) {
      const book = await bookAt([await streamOf()], micros(START + instant * 40), { clock });
      expect([instant, book.digest]).toEqual([instant, expected[i]]);
    }
  }, 240_000);
});

describe("a kept state", () => {
  it("that is damaged is as one that is not there", async () => {
    const at = micros(START + 1_100_000 * 40);
    const before = await bookAt([await streamOf()], at);
    for (const name of await kept()) {
      const path = join(lake.paths.tape, name);
      const bytes = await readFile(path);
      await writeFile(path, bytes.subarray(0, bytes.length / 2));
    }
    expect((await bookAt([await streamOf()], at)).digest).toBe(before.digest);
  }, 60_000);
});
