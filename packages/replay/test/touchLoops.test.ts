import fc from "fast-check";
import type { EventStream } from "@aftershock/schema";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RunMerger } from "../src/clock/runMerger.fast.ts";
import type { ReplayHandlers, ReplayOptions } from "../src/index.ts";
import { ReplaySession } from "../src/replaySession.ts";
import { type TouchLoop, TouchLoops } from "../src/touchLoops.fast.ts";
import { recording } from "./anyBook.ts";
import { streamOf, testInstrument, type Row } from "./batchOf.ts";

const OTHER = testInstrument({ symbol: "ETHUSDT" });
const cuts = fc.array(fc.nat(80), { maxLength: 5 });
const rows = fc
  .array(fc.integer({ min: 990, max: 1_130 }), { maxLength: 20 })
  .map((times) => times.toSorted((a, b) => a - b));
/** Two books, trades and tickers that come between their messages, cut into batches anywhere. */
const market = fc
  .record({ first: recording, second: recording, trades: rows, tickers: rows, cuts, others: cuts })
  .map((made): readonly EventStream[] => [
    streamOf(
      "trades",
      made.trades.map((at): Row<"trades"> => ({ tsRecv: at, side: 1, price: at, size: 1 })),
      { cuts: made.others },
    ),
    streamOf("book", made.first, { cuts: made.cuts }),
    streamOf("book", made.second, { instrument: OTHER, cuts: made.others }),
    streamOf(
      "tickers",
      made.tickers.map((at): Row<"tickers"> => ({ tsRecv: at, markPrice: at })),
    ),
  ]);

/** Sets of handlers, each of a class of its own, that write down what they hear. */
const CLASSES: readonly ((log: string[]) => ReplayHandlers)[] = [
  (log) => ({ onTouch: (bid, ask) => log.push(`${bid} ${ask}`) }),
  (log) => ({
    onTouch: (bid, ask, at, source) => log.push(`${source}: ${bid} ${ask} at ${at}`),
    on: {
      trades: ({ columns }, from, to) => log.push(`trades ${columns.price.slice(from, to).join()}`),
    },
  }),
  (log) => ({
    onTouch: (bid, _ask, at) => log.push(`bid ${bid} ${at}`),
    on: {
      tickers: (_batch, from, to, times) => log.push(`tickers ${times.slice(from, to).join()}`),
      trades: (_batch, from, to) => log.push(`${to - from} trades`),
    },
  }),
  (log) => ({
    onTouch: (_bid, ask, _at, source) => log.push(`ask ${ask} of ${source}`),
    on: {
      book: ({ columns }, from, to) => log.push(`rows ${columns.size.slice(from, to).join()}`),
    },
  }),
];

/** What is heard of a replay that a loop drives, with its result; no loop is the plain one. */
async function driven(
  streams: readonly EventStream[],
  options: ReplayOptions,
  {
    loop,
    make,
  }: { readonly loop?: TouchLoop | undefined; readonly make: (typeof CLASSES)[number] },
) {
  const log: string[] = [];
  const handlers = make(log);
  const session = new ReplaySession(streams, { ...options, handlers });
  const merger = new RunMerger(streams, { ...options, loose: session.loose });
  while (await merger.refill()) {
    if (loop === undefined) while (merger.next()) session.take(merger);
    else loop(merger, session, handlers.onTouch ?? (() => {}));
  }
  return { log, result: session.finish() };
}

/** The loop that each class has once all have been replayed some times. */
function loopsOf(classes: readonly (typeof CLASSES)[number][], table = new TouchLoops()) {
  for (let replay = 0; replay < 3; replay++) for (const make of classes) table.loopFor(make([]));
  return classes.map((make) => table.loopFor(make([])));
}

afterEach(() => vi.unstubAllGlobals());

describe("a loop of a class of studies", () => {
  const loops = loopsOf(CLASSES);

  it("tells what the plain one tells, of any streams, to any handlers, whoever used it before", async () => {
    const window = fc.constantFrom<ReplayOptions>({}, { clock: "event" }, { clock: "recv" });
    const nth = fc.nat(CLASSES.length - 1);
    const check = async (
      streams: readonly EventStream[],
      options: ReplayOptions,
      [of, by]: readonly [number, number],
    ): Promise<void> => {
      const make = CLASSES[of]!;
      const plain = await driven(streams, options, { make });
      expect(await driven(streams, options, { make, loop: loops[by] })).toEqual(plain);
    };
    await fc.assert(fc.asyncProperty(market, window, fc.tuple(nth, nth), check), { numRuns: 200 });
  });

  it("is its own: one for each class, the same for all of one text", () => {
    expect(new Set(loops).size).toBe(CLASSES.length);
    expect(loops.every((loop) => typeof loop === "function")).toBe(true);
    const table = new TouchLoops();
    expect(loopsOf(CLASSES, table)).toEqual(loopsOf(CLASSES, table));
  });

  it("is there from the third replay on, and once there are two classes", () => {
    const table = new TouchLoops();
    const [one, other] = [CLASSES[0]!, CLASSES[1]!];
    for (let replay = 0; replay < 5; replay++) expect(table.loopFor(one([]))).toBeUndefined();
    const first = [1, 2, 3].map(() => table.loopFor(other([])));
    expect(first.map((loop) => typeof loop)).toEqual(["undefined", "undefined", "function"]);
    expect(table.loopFor(one([]))).not.toBe(first[2]);
    expect(typeof table.loopFor(one([]))).toBe("function");
  });

  it("is not made for who hears no best prices at each message, or sees the book itself", () => {
    const [make] = CLASSES;
    const more: readonly ReplayHandlers[] = [
      { wake: "touch" },
      { onBook: () => {} },
      { interval: { every: 1, onEnd: () => {} } },
      { onTouch: undefined as never },
    ];
    const classes = more.map((own) => () => ({ ...make!([]), ...own }));
    expect(loopsOf(classes)).toEqual(more.map(() => undefined));
  });

  it("is not made for ever more classes", () => {
    const made = Array.from({ length: 100 }, (_, nth) => {
      // oxlint-disable-next-line typescript/no-implied-eval -- no two of them have one text.
      const onTouch = new Function(`return ${nth}`) as () => void;
      return (): ReplayHandlers => ({ onTouch });
    });
    const own = loopsOf(made).filter((loop) => loop !== undefined);
    expect(own.length).toBe(64);
  });

  it("is the plain text itself where no code may be made", async () => {
    vi.stubGlobal("Function", function refused() {
      throw new EvalError("Code generation from strings disallowed for this context");
    });
    const [loop, other] = loopsOf(CLASSES);
    expect(typeof loop).toBe("function");
    expect(other).toBe(loop);
  });
});
