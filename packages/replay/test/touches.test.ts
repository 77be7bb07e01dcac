import fc from "fast-check";
import { micros, type EventStream } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { replay, type ReplayHandlers, type ReplayOptions, type RowsHandler } from "../src/index.ts";
import { recording } from "./anyBook.ts";
import { streamOf, testInstrument, type Row } from "./batchOf.ts";

const OTHER = testInstrument({ symbol: "ETHUSDT" });
const cuts = fc.array(fc.nat(80), { maxLength: 5 });
const trades = fc
  .array(fc.integer({ min: 990, max: 1_130 }), { maxLength: 20 })
  .map((times) =>
    times
      .toSorted((a, b) => a - b)
      .map((at): Row<"trades"> => ({ tsRecv: at, tsEvent: at, side: 1, price: at, size: 1 })),
  );
/** Two books and trades that come between their messages, cut into batches anywhere. */
const market = fc
  .record({ first: recording, second: recording, trades, cuts, others: cuts })
  .map((made): readonly EventStream[] => [
    streamOf("trades", made.trades),
    streamOf("book", made.first, { cuts: made.cuts }),
    streamOf("book", made.second, { instrument: OTHER, cuts: made.others }),
  ]);
const window = fc.constantFrom<ReplayOptions>(
  {},
  { clock: "event" },
  { from: micros(1_040) },
  { to: micros(1_080) },
  { from: micros(1_030), to: micros(1_060) },
);

/** What is heard of a replay, in its order, and its hash; `touch` is how the best prices are asked for. */
async function heard(
  streams: readonly EventStream[],
  options: ReplayOptions,
  touch: (log: string[]) => ReplayHandlers,
) {
  const log: string[] = [];
  const handlers = touch(log);
  const on: ReplayHandlers["on"] = {
    trades: (_, from, to, times) => {
      for (let row = from; row < to; row++) log.push(`trade ${times[row]}`);
    },
    ...handlers.on,
  };
  const { stateHash, events, gaps } = await replay(streams, {
    ...options,
    handlers: { ...handlers, on },
  });
  return { log, stateHash, events, gaps };
}

/** By the handler that is given prices alone. */
const byTouch =
  (more: ReplayHandlers = {}) =>
  (log: string[]): ReplayHandlers => ({
    ...more,
    onTouch: (bid, ask, at, source) => log.push(`${source} ${bid} ${ask} ${at}`),
  });

/** By the handler that is given the book. */
const byBook =
  (more: ReplayHandlers = {}) =>
  (log: string[]): ReplayHandlers => {
    const last = new Map<number, string>();
    return {
      ...more,
      onBook: ({ instrument, bidSide, askSide }, at) => {
        const source = instrument.id === OTHER.id ? 2 : 1;
        const prices = `${bidSide.bestPrice} ${askSide.bestPrice}`;
        // Who hears of books hears when one is newly valid or not, too.
        if (more.wake === "touch" && (last.get(source) ?? "NaN NaN") === prices) return;
        last.set(source, prices);
        log.push(`${source} ${prices} ${at}`);
      },
    };
  };

describe("best prices without their book", () => {
  it("are those of the book at every message end, in the order of all events, and leave the hash", async () => {
    const wake = fc.constantFrom("message", "touch");
    await fc.assert(
      fc.asyncProperty(market, window, wake, async (streams, options, when) => {
        const touches = await heard(streams, options, byTouch({ wake: when }));
        expect(touches).toEqual(await heard(streams, options, byBook({ wake: when })));
        const { stateHash } = await replay(streams, options);
        expect(stateHash).toBe(touches.stateHash);
      }),
      { numRuns: 300 },
    );
  });

  it("come after the rows of their message, and before what a timer or an interval is told", async () => {
    await fc.assert(
      fc.asyncProperty(market, window, async (streams, options) => {
        const rows =
          (log: string[]): RowsHandler<"book"> =>
          ({ columns: { price } }, from, to) =>
            log.push(`rows ${price.slice(from, to).join(" ")}`);
        const all =
          (touch: typeof byTouch, shows: boolean) =>
          (log: string[]): ReplayHandlers => ({
            ...touch()(log),
            on: { book: rows(log) },
            ...(shows && {
              interval: {
                every: 7,
                onEnd: (start, books) =>
                  log.push(`${start} ${books.map(({ digest }) => digest).join(" ")}`),
              },
            }),
          });
        for (const shows of [false, true]) {
          expect(await heard(streams, options, all(byTouch, shows))).toEqual(
            await heard(streams, options, all(byBook, shows)),
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});
