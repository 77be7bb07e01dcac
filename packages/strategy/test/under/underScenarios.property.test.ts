import { NO_ANSWER, type PathAnswer } from "@aftershock/cascade";
import {
  ConstantLatency,
  NO_FEES,
  type OrderUpdate,
  replay,
  StudyVenue,
  venueHandlers,
} from "@aftershock/replay";
import { micros } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  defineStudy,
  marketMaking,
  noLiquidations,
  type Strategy,
  UnderScenarios,
} from "../../src/index.ts";
import { INSTRUMENT, type MadeBook, type MadeMarket, madeStreams } from "../examples/madeMarket.ts";

/** A step, µs; the market has some twenty of them. */
const STEP = 1_000;
const STEPS = 20;

const MAKER = { quoteLots: 5, maxPositionLots: 20, halfSpreadTicks: 3, cash: 10_000 };

/** What it saw, with when. */
type Seen = [at: number, what: unknown][];

/** Looks at everything and trades nothing: what it saw, scenario by scenario. */
function spy(runs: Seen[]): Strategy {
  return {
    name: "spy",
    description: "Looks.",
    config: {},
    assumptions: [],
    venue: () => ({
      latency: new ConstantLatency({ orderMicros: 0, responseMicros: 0 }),
      fees: NO_FEES,
    }),
    start: () => {
      const seen: Seen = [];
      runs.push(seen);
      return {
        hear: () => undefined,
        handlers: {
          onBook: (book, at) => seen.push([at, [book.valid, book.bids(), book.asks()]]),
          on: {
            trades: ({ columns }, from, to, times) => {
              for (let row = from; row < to; row += 1) {
                const trade = [columns.side[row], columns.price[row], columns.size[row]];
                seen.push([times[row] ?? 0, trade]);
              }
            },
          },
        },
      };
    },
  };
}

/** A market of random books and trades; prices are about 1,000 ticks. */
const MARKET: fc.Arbitrary<MadeMarket> = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: STEPS * STEP }),
      mid: fc.integer({ min: 990, max: 1_010 }),
      sizes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 5 }),
      side: fc.constantFrom(1 as const, -1 as const),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map((moments) => {
    const sorted = moments.toSorted((a, b) => a.at - b.at);
    const books = sorted.map(({ at, mid, sizes }): MadeBook => [
      at,
      sizes.map((size, i) => [mid - 1 - 2 * i, size] as const),
      sizes.map((size, i) => [mid + 1 + 3 * i, size] as const),
    ]);
    const trades = sorted.map(({ at, mid, side }) => [at + 1, side, mid + side, 7] as const);
    return { books, trades };
  });

const ANSWER: fc.Arbitrary<PathAnswer> = fc.record({
  price: fc.constantFrom(1, 0.98, 1.013),
  mark: fc.constantFrom(1, 0.99, 1.01),
  index: fc.constantFrom(1, 0.995),
  forcedBeyond: fc.constantFrom(0, 0, -30_000, 12_345.6),
  diverged: fc.constant(false),
});

/** Replays a market in lockstep with scripted answers, one a step, the same for every scenario. */
async function under(
  market: MadeMarket,
  answers: readonly PathAnswer[],
  strategies: readonly Strategy[],
) {
  const study = defineStudy({
    day: "1970-01-01",
    scenarios: [noLiquidations()],
    strategies,
    counterfactual: { instrument: INSTRUMENT.id },
  });
  let step = -1;
  const session = { answerOf: () => answers[step] ?? NO_ANSWER };
  const runs = new UnderScenarios(study, session, { instrument: INSTRUMENT, hasAnswer: true });
  await replay(madeStreams(market), {
    handlers: {
      ...runs.handlers,
      interval: {
        every: STEP,
        onEnd: (start) => {
          step = start / STEP;
          const at = micros(start + STEP);
          const prices = { bid: 999, ask: 1_001, mark: 1_000, index: 1_000 };
          runs.endStep({ at, ...prices, bidDepth: 1e5, askDepth: 1e5 });
        },
      },
    },
  });
  return runs.finish();
}

describe("hedges and strategies under scenarios", () => {
  it("see the record itself where the scenario is the record, and trade as on it", async () => {
    await fc.assert(
      fc.asyncProperty(MARKET, async (market) => {
        const seen: Seen[] = [];
        const maker = marketMaking({ ...MAKER, latencyMillis: 1 });
        const { scenarios } = await under(market, [], [maker, spy(seen)]);
        expect(scenarios.map(({ identical }) => identical)).toEqual([true, true]);
        const [first, second] = scenarios;
        expect(JSON.stringify(first?.strategies)).toBe(JSON.stringify(second?.strategies));
        expect(first?.consumed).toEqual({ forced: 0, consumed: 0, unmet: 0, carried: 0 });

        const heard: OrderUpdate[] = [];
        const venue = new StudyVenue({
          instrument: INSTRUMENT,
          ...maker.venue(),
          onUpdate: (update) => {
            heard.push(update);
            acting.hear(update);
          },
        });
        const acting = maker.start(venue);
        const plain: Seen[] = [];
        await replay(madeStreams(market), { handlers: venueHandlers([venue], acting.handlers) });
        // The last step ends after the last event, and what is under way by then arrives.
        const last = Math.max(...(market.trades ?? []).map(([at]) => at));
        venue.advance((Math.floor(last / STEP) + 1) * STEP);
        const looked = spy(plain).start(venue);
        await replay(madeStreams(market), { handlers: looked.handlers });
        const fills = heard.filter(({ kind }) => kind === "filled").length;
        expect(first?.strategies[0]).toMatchObject({ fills, position: venue.account.position });
        expect(seen).toEqual([...plain, ...plain]);
      }),
      { numRuns: 40 },
    );
  });

  it("see nothing before a step is over of what the scenario does from then on", async () => {
    await fc.assert(
      fc.asyncProperty(
        MARKET,
        fc.array(ANSWER, { minLength: STEPS, maxLength: STEPS + 1 }),
        fc.array(ANSWER, { minLength: STEPS, maxLength: STEPS + 1 }),
        fc.integer({ min: 0, max: STEPS }),
        async (market, answers, others, cut) => {
          const changed = [...answers.slice(0, cut), ...others.slice(cut)];
          const first: Seen[] = [];
          const second: Seen[] = [];
          await under(market, answers, [spy(first)]);
          await under(market, changed, [spy(second)]);
          const before = (runs: readonly Seen[]): readonly Seen[] =>
            runs.map((seen) => seen.filter(([at]) => at < (cut + 1) * STEP));
          expect(before(second)).toEqual(before(first));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("see bids below asks, and of forced flow as much gone as was forced", async () => {
    await fc.assert(
      fc.asyncProperty(
        MARKET,
        fc.array(ANSWER, { minLength: STEPS, maxLength: STEPS + 1 }),
        async (market, answers) => {
          const seen: Seen[] = [];
          const { scenarios } = await under(market, answers, [spy(seen)]);
          for (const [, what] of seen.flat()) {
            const [, bids, asks] = what as [unknown, { price: number }[], { price: number }[]];
            if (!Array.isArray(bids) || bids[0] === undefined || asks[0] === undefined) continue;
            expect(bids[0].price).toBeLessThan(asks[0].price);
          }
          const { forced, consumed, unmet, carried } = scenarios[0]?.consumed ?? {};
          expect((consumed ?? 0) + (unmet ?? 0) + (carried ?? 0)).toBeCloseTo(
            forced ?? Number.NaN,
            6,
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it("move as the scripted factors say, from the end of their step on", async () => {
    const book = (at: number): MadeBook => [at, [[999, 40]], [[1_001, 40]]];
    const market: MadeMarket = {
      books: [book(100), book(1_100), book(2_100)],
      trades: [
        [150, 1, 1_001, 3],
        [1_150, 1, 1_001, 3],
        [2_150, -1, 999, 3],
      ],
    };
    const seen: Seen[] = [];
    const down: PathAnswer = { ...NO_ANSWER, price: 0.9, forcedBeyond: -9_000 };
    const { scenarios } = await under(market, [down, down, down], [spy(seen)]);
    // Every book of this market is a snapshot, which shows its levels anew.
    expect(seen[0]).toEqual([
      [100, [true, [{ price: 999, size: 40 }], [{ price: 1_001, size: 40 }]]],
      [150, [1, 1_001, 3]],
      [1_100, [true, [{ price: 899, size: 40 }], [{ price: 901, size: 40 }]]],
      [1_150, [1, 901, 3]],
      [2_100, [true, [{ price: 899, size: 40 }], [{ price: 901, size: 40 }]]],
      [2_150, [-1, 899, 3]],
    ]);
    expect(scenarios[0]?.consumed?.consumed).toBeGreaterThan(20_000);
    expect(scenarios[0]?.identical).toBe(false);
  });
});
