import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ADL_SCORES,
  type AdlCandidate,
  allocateByQueue,
  type LiquidationEvent,
  queueAllocator,
} from "../../src/index.ts";
import { AdlQueue } from "../../src/liquidation/adlQueue.ts";
import { ADL, BINANCE, ETHER, LINEAR, step, World } from "./world.ts";

const value = fc.integer({ min: -50, max: 50 });
const candidateParts = fc.record({
  lots: fc.integer({ min: 1, max: 9 }),
  entryValue: value,
  markValue: value,
  equity: value,
  wallet: value,
  maintenance: fc.nat(20),
});
/** Of few values, so that scores tie often. */
const candidate = fc.option(candidateParts, { nil: undefined, freq: 4 });
const ranking = fc.constantFrom(...Object.values(ADL_SCORES));

describe("AdlQueue", () => {
  it("gives the shares of a queue that is made anew each time, whoever changes in between", () => {
    fc.assert(
      fc.property(
        ranking,
        fc.array(candidate, { minLength: 1, maxLength: 12 }),
        fc.array(
          fc.record({
            lots: fc.integer({ min: 1, max: 30 }),
            changes: fc.array(fc.tuple(fc.nat(11), candidate), { maxLength: 3 }),
          }),
          { maxLength: 12 },
        ),
        (score, start, rounds) => {
          const now = new Map<number, Omit<AdlCandidate, "account" | "bankruptValue">>();
          start.forEach((one, account) => one && now.set(account, one));
          const candidateOf = (account: number): AdlCandidate | undefined => {
            const parts = now.get(account);
            return parts && { account, ...parts, bankruptValue: parts.markValue - parts.equity };
          };
          const queue = new AdlQueue({
            accountCount: start.length,
            candidateOf,
            score: (one) => score(one, 1),
          });
          for (const { lots, changes } of rounds) {
            const candidates = start.flatMap((_, account) => candidateOf(account) ?? []);
            const { shares } = allocateByQueue({ candidates, lots }, { score, unitsPerOne: 1 });
            expect(queue.take(lots)).toEqual(shares);
            for (const { account, lots: taken } of shares) {
              const { lots: held, ...parts } = now.get(account)!;
              if (held === taken) now.delete(account);
              else now.set(account, { ...parts, lots: held - taken });
            }
            for (const [drawn, becomes] of changes) {
              const account = drawn % start.length;
              if (becomes === undefined) now.delete(account);
              else now.set(account, becomes);
              queue.changed(account);
            }
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("refuses a candidate without a value or a score, as a queue that is made anew does", () => {
    const parts = { account: 0, lots: 1, entryValue: 1, markValue: 1, equity: 1, wallet: 1 };
    const good = { ...parts, maintenance: 1, bankruptValue: 0 };
    const queueOf = (one: AdlCandidate, score = 1) =>
      new AdlQueue({ accountCount: 1, candidateOf: () => one, score: () => score });
    expect(() => queueOf({ ...good, equity: Number.NaN })).toThrow(/a value that is no number/);
    expect(() => queueOf({ ...good, lots: 0.5 })).toThrow(/cannot hold 0.5 lots/);
    expect(() => queueOf(good, Number.NaN)).toThrow(/Account 0 has no score: NaN/);
  });
});

describe("auto-deleveraging by a queue that is kept while marks stand", () => {
  const trader = fc.record({
    margin: fc.double({ min: 0.005, max: 0.5, noNaN: true }),
    btc: fc.integer({ min: -3_000, max: 3_000 }),
    eth: fc.integer({ min: -3_000, max: 3_000 }),
  });
  const setting = fc.record({
    ranking: fc.constantFrom(
      "profitTimesMarginRatio",
      "profitTimesEffectiveLeverage",
      "markOverEntryTimesLeverage",
    ),
    price: fc.constantFrom("bankruptcy", "mark", "previousMark"),
    steps: fc.constantFrom(
      BINANCE,
      [step("adl")],
      [step("market"), step("insurance"), step("adl")],
    ),
    feeRate: fc.constantFrom(0, 0.001),
    fund: fc.double({ min: 0, max: 500, noNaN: true }),
    traders: fc.array(trader, { minLength: 2, maxLength: 20 }),
    moves: fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 1,
      maxLength: 6,
    }),
  });

  function eventsOf(
    drawn: typeof setting extends fc.Arbitrary<infer T> ? T : never,
    isKept: boolean,
  ): readonly LiquidationEvent[] {
    const { ranking: name, price, steps, feeRate, fund, traders, moves } = drawn;
    const queue = queueAllocator(ADL_SCORES[name], 1e6);
    expect(queue.score).toBeDefined();
    const allocate = isKept ? queue : (...asked: Parameters<typeof queue>) => queue(...asked);
    const world = new World({
      instruments: [LINEAR, ETHER],
      steps,
      fund,
      terms: {
        adl: { ...ADL, price, feeRate, allocate, triggers: [{ kind: "fundCannotPay" }] },
      },
    });
    let [btc, eth] = [10_000, 500];
    world.mark({ 0: btc, 1: eth });
    for (const { margin, btc: some, eth: others } of traders) {
      const notional = (Math.abs(some) * btc) / 1_000 + (Math.abs(others) * eth) / 100;
      world.trader(margin * notional + 1, [
        ...(some === 0 ? [] : [{ instrument: 0, lots: some, price: btc }]),
        ...(others === 0 ? [] : [{ instrument: 1, lots: others, price: eth }]),
      ]);
    }
    for (const [one, other] of moves) {
      btc *= 1 + one / 100;
      eth *= 1 + other / 100;
      world.market.offer(0, "bids", [[btc * 9.9, 500]]);
      world.market.offer(0, "asks", [[btc * 10.1, 500]]);
      world.mark({ 0: btc, 1: eth });
      world.ledger.check();
    }
    return world.events;
  }

  it("does what it does when all candidates are ranked at each close", () => {
    let deleveraged = 0;
    fc.assert(
      fc.property(setting, (drawn) => {
        const kept = eventsOf(drawn, true);
        expect(kept).toEqual(eventsOf(drawn, false));
        deleveraged += kept.filter(({ kind }) => kind === "adl").length;
      }),
      { numRuns: 400 },
    );
    expect(deleveraged).toBeGreaterThan(400);
  });
});
