import fc from "fast-check";
import type { AdlCandidate } from "../../../src/index.ts";

/** A candidate of which a test says only what it is about: a linear long of 1 lot without profit. */
export function candidateOf(what: Partial<AdlCandidate> & { account: number }): AdlCandidate {
  const { markValue = 100, equity = 10 } = what;
  return {
    lots: 1,
    entryValue: markValue,
    markValue,
    equity,
    wallet: equity,
    maintenance: 1,
    bankruptValue: markValue - equity,
    ...what,
  };
}

const amount = fc.integer({ min: -1_000_000, max: 1_000_000 });
const size = fc.integer({ min: 1, max: 1_000_000 });

/** Candidates of one side, accounts 0, 1, …: longs of a linear contract, or the shorts that mirror them in values. */
export const candidatesOn = (side: 1 | -1, maxLength = 12): fc.Arbitrary<AdlCandidate[]> =>
  fc
    .array(fc.record({ lots: size, entry: size, mark: size, equity: amount, wallet: amount }), {
      minLength: 1,
      maxLength,
    })
    .map((rows) =>
      rows.map(({ lots, entry, mark, equity, wallet }, account) => ({
        account,
        lots: side * lots,
        entryValue: side * entry,
        markValue: side * mark,
        equity,
        wallet,
        maintenance: Math.abs(mark) / 50,
        bankruptValue: side * mark - equity,
      })),
    );
