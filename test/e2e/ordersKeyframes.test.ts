import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  absentColumn,
  type Batch,
  type EventStream,
  MESSAGE_END,
  micros,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_EXECUTE,
  ORDER_MODIFY,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { Lake, lakeStream, openDuck } from "@aftershock/ingest";
import { bookAt, replay, type ReplayOptions } from "@aftershock/replay";
import { afterAll, beforeAll, expect, it } from "vitest";
import { storeStreams } from "../../packages/ingest/src/store/storeStreams.ts";
import { testInstrument } from "../../packages/replay/test/batchOf.ts";

/** More than sixteen batches of 65,536 rows, after which a state is kept. */
const ROWS = 1_200_000;
const BATCH = 50_000;
const START = 1_722_816_000_000_000;
/** Rows between the add of an order and its end: about so many orders rest. */
const LIFE = 3_001;

const instrument = testInstrument();
const at = (row: number): number => START + row * 40;
const mixed = (row: number): number => (Math.imul(row + 7, 0x9e3779b1) >>> 8) % 1_000;

interface Order {
  readonly orderId: string;
  readonly side: 1 | -1;
  readonly price: number;
  readonly size: number;
}

/** The order that an even row adds; every third has an id that is no number. */
function orderOf(row: number): Order {
  const side = mixed(row) % 2 === 0 ? 1 : -1;
  const orderId = row % 3 === 0 ? `order-${row}` : String(6_413_784_800_000_000_000n + BigInt(row));
  return { orderId, side, price: 600_000 - side * (1 + (mixed(row * 3) % 200)), size: 10 };
}

/** Even rows add an order; odd ones change the one before, fill a part of one, or cancel one that has rested for a while. */
function changeOf(row: number): Order & { readonly action: number } {
  if (row % 2 === 0) return { ...orderOf(row), action: ORDER_ADD };
  if (row < LIFE || row % 10 === 1) return { ...orderOf(row - 1), action: ORDER_MODIFY, size: 4 };
  if (row % 10 === 3) return { ...orderOf(row - 1_001), action: ORDER_EXECUTE, size: 3 };
  return { ...orderOf(row - LIFE), action: ORDER_CANCEL, size: 0 };
}

function rowsFrom(first: number, length: number): Batch<"orders"> {
  const rows = Array.from({ length }, (_, i) => changeOf(first + i));
  const numbers = (of: (row: number) => number): Float64Array =>
    Float64Array.from({ length }, (_, i) => of(first + i));
  return {
    stream: "orders",
    instrument,
    length,
    columns: {
      tsRecv: numbers(at),
      tsEvent: absentColumn(length),
      seq: numbers((row) => row),
      orderId: rows.map(({ orderId }) => orderId),
      action: Int8Array.from(rows, ({ action }) => action),
      side: Int8Array.from(rows, ({ side }) => side),
      price: Float64Array.from(rows, ({ price }) => price),
      size: Float64Array.from(rows, ({ size }) => size),
      flags: Int8Array.from(rows, (_, i) =>
        first + i === 0 ? SNAPSHOT_START | SNAPSHOT | MESSAGE_END : MESSAGE_END,
      ),
      updateId: absentColumn(length),
      prevUpdateId: absentColumn(length),
    },
  };
}

const made: EventStream<"orders"> = {
  stream: "orders",
  instrument,
  simulated: true,
  async *batches() {
    for (let row = 0; row < ROWS; row += BATCH) yield rowsFrom(row, BATCH);
  },
};

let folder: string;
let lake: Lake;
let duck: Awaited<ReturnType<typeof openDuck>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-orders-"));
  lake = new Lake(folder);
  duck = await openDuck();
  const loader = { name: "test", version: 1 };
  await storeStreams({ lake, streams: [made], loader, simulated: { seed: 1 } });
}, 120_000);
afterAll(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

it("a replay of orders is the same from a kept state as from the start, and so is the book of an instant", async () => {
  const stream = lakeStream(duck, lake, "orders", await lake.list());
  const { seekable: _, ...unseekable } = stream;
  const options: ReplayOptions = { from: micros(at(1_100_000)), to: micros(at(1_150_000)) };
  const whole = await replay([unseekable], options);
  const first = await replay([stream], options);
  const kept = (await readdir(lake.paths.tape)).filter((name) => name.endsWith(".keyframe"));
  expect(kept).toHaveLength(1);
  const again = await replay([stream], options);
  expect(whole.events).toBe(50_000);
  expect([first, again]).toEqual([whole, whole]);
  expect(whole.streams[0]?.book).toMatchObject({ unknownModifies: 0, duplicateAdds: 0 });
  const [then, instant] = [at(1_120_000), micros(at(1_120_000))];
  const [slow, fast] = [await bookAt([unseekable], instant), await bookAt([stream], instant)];
  expect(fast.at).toBe(then);
  expect(fast.digest).toBe(slow.digest);
}, 120_000);
