import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ADL_SCORES,
  type AdlAllocation,
  type AdlCandidate,
  type AdlRequest,
  allocateByQueue,
  allocateInTurn,
  allocateMinMax,
  allocateMirrorDescent,
  allocateProRata,
  byEquity,
  byProfit,
} from "../../../src/index.ts";
import { candidatesOn } from "./candidates.ts";

type Policy = (request: AdlRequest) => AdlAllocation;

/** Every policy whose result must not depend on the order of the candidates. */
const POLICIES: readonly (readonly [string, Policy])[] = [
  ...Object.entries(ADL_SCORES).map(
    ([name, score]) =>
      [name, (request: AdlRequest) => allocateByQueue(request, { score, unitsPerOne: 1 })] as const,
  ),
  ["pro-rata by size", allocateProRata],
  ["pro-rata by profit", (request) => allocateProRata(request, { weight: byProfit })],
  ["pro-rata by equity", (request) => allocateProRata(request, { weight: byEquity })],
  ["min-max", allocateMinMax],
  ["mirror descent", allocateMirrorDescent],
];
const policy = fc.constantFrom(...POLICIES).map(([, run]) => run);
const inTurn: Policy = (request) => allocateInTurn(request, { startAt: 0 });

const request = fc.record({
  candidates: fc.constantFrom<1 | -1>(1, -1).chain((side) => candidatesOn(side)),
  lots: fc.nat(3_000_000),
});

const bySharesOf = ({ shares }: AdlAllocation): ReadonlyMap<number, number> =>
  new Map(shares.map(({ account, lots }) => [account, lots]));

const heldBy = (candidates: readonly AdlCandidate[]): number =>
  candidates.reduce((sum, { lots }) => sum + Math.abs(lots), 0);

describe("every policy of auto-deleveraging", () => {
  it("closes exactly what was liquidated, as far as there are positions, and of nobody more than it holds", () => {
    fc.assert(
      fc.property(request, fc.oneof(policy, fc.constant(inTurn)), (asked, run) => {
        const { shares, unfilled } = run(asked);
        const closed = shares.reduce((sum, { lots }) => sum + lots, 0);
        expect(closed).toBe(Math.min(asked.lots, heldBy(asked.candidates)));
        expect(unfilled).toBe(asked.lots - closed);
        expect(new Set(shares.map(({ account }) => account)).size).toBe(shares.length);
        for (const { account, lots } of shares) {
          expect(lots).toBeGreaterThan(0);
          expect(Number.isInteger(lots)).toBe(true);
          expect(lots).toBeLessThanOrEqual(Math.abs(asked.candidates[account]?.lots ?? 0));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("does not look at the order in which candidates are handed in", () => {
    fc.assert(
      fc.property(
        request.chain((asked) =>
          fc.tuple(
            fc.constant(asked),
            fc.shuffledSubarray([...asked.candidates], {
              minLength: asked.candidates.length,
              maxLength: asked.candidates.length,
            }),
          ),
        ),
        policy,
        ([asked, candidates], run) => {
          expect(run({ ...asked, candidates })).toEqual(run(asked));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("treats the shorts of inverse contracts as the longs of linear ones: only values count", () => {
    fc.assert(
      fc.property(request, policy, ({ candidates, lots }, run) => {
        const turned = candidates.map((each) => ({ ...each, lots: -each.lots }));
        expect(run({ candidates: turned, lots })).toEqual(run({ candidates, lots }));
      }),
    );
  });

  it("closes shorts as the longs that they mirror", () => {
    // Powers of two, so that mirroring rounds nothing.
    const power = fc.integer({ min: -10, max: 10 }).map((exponent) => 2 ** exponent);
    const row = fc.record({ size: fc.nat(1_000), entry: power, mark: power, equity: power });
    const longs = fc.array(row, { minLength: 1, maxLength: 12 }).map((rows) =>
      rows.map(({ size, entry, mark, equity }, account) => ({
        account,
        lots: size + 1,
        entryValue: entry,
        markValue: mark,
        equity,
        wallet: equity,
        maintenance: mark / 64,
        bankruptValue: mark - equity,
      })),
    );
    // Hyperliquid looks at the ratio of prices, Binance and the weights at the amount of profit.
    const mirrors: readonly (readonly [string, (mark: number, entry: number) => number])[] = [
      ["markOverEntryTimesLeverage", (mark, entry) => (mark * mark) / entry],
      ["profitTimesMarginRatio", (mark, entry) => 2 * mark - entry],
      ["pro-rata by profit", (mark, entry) => 2 * mark - entry],
      ["pro-rata by equity", (mark, entry) => 2 * mark - entry],
      ["min-max", (mark, entry) => 2 * mark - entry],
      ["mirror descent", (mark, entry) => 2 * mark - entry],
    ];
    fc.assert(
      fc.property(
        longs,
        fc.nat(15_000),
        fc.constantFrom(...mirrors),
        (candidates, lots, [name, entryOfShort]) => {
          const run = new Map(POLICIES).get(name) ?? inTurn;
          const shorts = candidates.map((long) => ({
            ...long,
            lots: -long.lots,
            entryValue: -entryOfShort(long.markValue, long.entryValue),
            markValue: -long.markValue,
            bankruptValue: -long.markValue - long.equity,
          }));
          expect(run({ candidates: shorts, lots })).toEqual(run({ candidates, lots }));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("does not look at the unit of money", () => {
    fc.assert(
      fc.property(request, policy, ({ candidates, lots }, run) => {
        // Binance's floor of one of the currency is the only amount that a formula names; without wallets below it nothing changes.
        const rich = candidates.map((each) => ({ ...each, wallet: Math.abs(each.wallet) + 2 }));
        const scaled = rich.map((each) => ({
          ...each,
          entryValue: each.entryValue * 1024,
          markValue: each.markValue * 1024,
          bankruptValue: each.bankruptValue * 1024,
          equity: each.equity * 1024,
          wallet: each.wallet * 1024,
          maintenance: each.maintenance * 1024,
        }));
        expect(run({ candidates: scaled, lots })).toEqual(run({ candidates: rich, lots }));
      }),
    );
  });

  it("scales with positions and quantity: queues exactly, proportions to less than a lot each", () => {
    fc.assert(
      fc.property(
        request,
        fc.integer({ min: 2, max: 1_000 }),
        fc.constantFrom(...POLICIES.slice(0, -2)),
        ({ candidates, lots }, factor, [name, run]) => {
          const larger = candidates.map((each) => ({ ...each, lots: each.lots * factor }));
          const before = bySharesOf(run({ candidates, lots }));
          const after = bySharesOf(run({ candidates: larger, lots: lots * factor }));
          const slack = name.startsWith("pro-rata") ? factor + 1 : 0;
          for (const { account } of candidates) {
            const expected = (before.get(account) ?? 0) * factor;
            expect(Math.abs((after.get(account) ?? 0) - expected)).toBeLessThanOrEqual(slack);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
