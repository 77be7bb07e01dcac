import {
  compareEvents,
  micros,
  type Clock,
  type EventStream,
  type StreamName,
} from "@aftershock/schema";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeRuns, type MergeOptions, type Run } from "../src/index.ts";
import { streamOf, testInstrument, type Row } from "./batchOf.ts";

interface Event {
  readonly at: number;
  readonly stream: StreamName;
  readonly instrument: string;
  readonly seq: number;
}

async function runsOf(streams: readonly EventStream[], options: MergeOptions = {}): Promise<Run[]> {
  const runs: Run[] = [];
  for await (const run of mergeRuns(streams, options)) runs.push(run);
  return runs;
}

const eventsOf = (runs: readonly Run[]): Event[] =>
  runs.flatMap(({ batch, from, to, times }) =>
    Array.from({ length: to - from }, (_, offset) => ({
      at: times[from + offset]!,
      stream: batch.stream,
      instrument: batch.instrument.id,
      seq: batch.columns.seq[from + offset]!,
    })),
  );

/** What the merge must give, worked out event by event from the rows as they were written. */
function sortedEvents(
  parts: readonly { stream: StreamName; symbol: string; rows: readonly Row<"gas">[] }[],
  clock: Clock,
): Event[] {
  const events = parts.flatMap(({ stream, symbol, rows }) => {
    let now = Number.NEGATIVE_INFINITY;
    return rows.map(({ tsRecv, tsEvent }, seq) => {
      const own = clock === "recv" ? (tsRecv ?? tsEvent!) : (tsEvent ?? tsRecv!);
      now = Math.max(now, own);
      return { at: now, stream, instrument: `test:${symbol}`, seq };
    });
  });
  return events.toSorted(compareEvents);
}

// Few instants, so that ties are common; a row has one clock or both.
const instant = fc.integer({ min: 0, max: 12 });
const clocks = fc.oneof(
  fc.record({ tsRecv: instant, tsEvent: instant }),
  fc.record({ tsRecv: instant }),
  fc.record({ tsEvent: instant }),
);
const part = (stream: StreamName, symbol: string) =>
  fc.record({
    stream: fc.constant(stream),
    symbol: fc.constant(symbol),
    rows: fc.array(clocks, { maxLength: 25 }),
    cuts: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 8 }),
  });
const parts = fc
  .tuple(
    part("trades", "B"),
    part("book", "B"),
    part("trades", "A"),
    part("tickers", "B"),
    part("gas", "A"),
  )
  .chain((all) => fc.shuffledSubarray([...all], { minLength: 0 }));
const clock = fc.constantFrom<Clock>("recv", "event");

type Parts = typeof parts extends fc.Arbitrary<infer P> ? P : never;
const streamsOf = (all: Parts): EventStream[] =>
  all.map(({ stream, symbol, rows, cuts }) =>
    streamOf(stream, rows, { instrument: testInstrument({ symbol }), cuts }),
  );

describe("mergeRuns", () => {
  test("gives every event once, in the order of a plain sort, for any streams, cuts and clock", async () => {
    await fc.assert(
      fc.asyncProperty(parts, clock, async (all, byClock) => {
        const runs = await runsOf(streamsOf(all), { clock: byClock });
        expect(eventsOf(runs)).toEqual(sortedEvents(all, byClock));
      }),
    );
  });

  test("gives the events of a window as if the rest had been filtered out", async () => {
    await fc.assert(
      fc.asyncProperty(
        parts,
        clock,
        fc.nat(8),
        fc.integer({ min: 1, max: 6 }),
        async (all, byClock, from, length) => {
          const window = { from: micros(from), to: micros(from + length) };
          const runs = await runsOf(streamsOf(all), { clock: byClock, ...window });
          const inside = sortedEvents(all, byClock).filter(
            ({ at }) => at >= from && at < from + length,
          );
          expect(eventsOf(runs)).toEqual(inside);
        },
      ),
    );
  });

  test("makes runs as long as they can be: a source follows itself only where a batch ends", async () => {
    await fc.assert(
      fc.asyncProperty(parts, async (all) => {
        const runs = await runsOf(streamsOf(all));
        expect(runs.every(({ from, to }) => from < to)).toBe(true);
        const cutShort = runs.filter(
          ({ source, to, batch }, index) => runs[index + 1]?.source === source && to < batch.length,
        );
        expect(cutShort).toEqual([]);
      }),
    );
  });

  test("names the source by its index in the list, not by its place in the order", async () => {
    const trades = streamOf("trades", [{ tsRecv: 5 }]);
    const book = streamOf("book", [{ tsRecv: 5 }]);
    const runs = await runsOf([trades, book]);
    expect(runs.map(({ source, batch }) => [source, batch.stream])).toEqual([
      [1, "book"],
      [0, "trades"],
    ]);
  });

  test("keeps rows of a clock that runs back where they were recorded, at the time already reached", async () => {
    const trades = streamOf("trades", [{ tsEvent: 10 }, { tsEvent: 4 }, { tsEvent: 11 }]);
    const gas = streamOf("gas", [{ tsEvent: 7 }, { tsEvent: 11 }]);
    const events = eventsOf(await runsOf([trades, gas], { clock: "event" }));
    expect(events.map(({ stream, seq, at }) => [stream, seq, at])).toEqual([
      ["gas", 0, 7],
      ["trades", 0, 10],
      ["trades", 1, 10],
      ["gas", 1, 11],
      ["trades", 2, 11],
    ]);
  });

  test("reads one batch past the end of the window at most, and closes every stream however the iteration ends", async () => {
    const rows = [{ tsRecv: 1 }, { tsRecv: 2 }, { tsRecv: 3 }, { tsRecv: 4 }];
    const trades = streamOf("trades", rows, { cuts: [1, 1, 1, 1] });
    await runsOf([trades], { to: micros(2) });
    expect([trades.batchesRead, trades.closed]).toEqual([3, 1]);
    const left = [streamOf("trades", rows, { cuts: [1] }), streamOf("book", rows, { cuts: [1] })];
    for await (const run of mergeRuns(left)) if (run.to > 0) break;
    expect(left.map(({ closed }) => closed)).toEqual([1, 1]);
  });

  test("closes the other streams when one of them fails", async () => {
    // Streams are opened in the order of their rank.
    const good = streamOf("gas", [{ tsRecv: 1 }]);
    const bad = streamOf("book", [{}]);
    await expect(runsOf([good, bad])).rejects.toThrow(
      "seq 0 of book test:BTCUSDT has neither tsRecv nor tsEvent",
    );
    expect(good.closed).toBe(1);
  });

  test("refuses a stream given twice, an empty window, and a batch of another instrument", async () => {
    const twice = [streamOf("trades", []), streamOf("trades", [])];
    await expect(runsOf(twice)).rejects.toThrow("trades of test:BTCUSDT is given twice");
    const empty = { from: micros(3), to: micros(3) };
    await expect(runsOf([streamOf("trades", [])], empty)).rejects.toThrow("holds no instant");
    const mixed = {
      ...streamOf("trades", []),
      batches: () =>
        streamOf("trades", [{ tsRecv: 1 }], {
          instrument: testInstrument({ symbol: "X" }),
        }).batches(),
    };
    await expect(runsOf([mixed])).rejects.toThrow(
      "A batch of trades test:X came out of the stream trades test:BTCUSDT",
    );
  });

  test("gives nothing for no streams and for empty streams", async () => {
    expect(await runsOf([])).toEqual([]);
    expect(await runsOf([streamOf("trades", [], { cuts: [0, 0] })])).toEqual([]);
  });
});
