import { medianSeconds, type Outcome } from "./contend.ts";
import { printTable } from "./printTable.ts";

/** What outcomes are held against. */
export interface Standard {
  /** Rows of the whole stream. */
  readonly rows: number;
  /** The contender that the others' rates are divided by. */
  readonly limit: string;
  /** The contender that is divided by the others' rates. */
  readonly ours: string;
  /** The right best prices, as `touchOf` writes them, by the number of rows. */
  readonly rights: ReadonlyMap<number, string>;
}

/** The best prices that a contender found, in all its runs, as a text. */
export const touchOf = ({ runs }: Outcome): string =>
  [...new Set(runs.map(({ touchSum, messages }) => `${touchSum}/${messages}`))].join(" ");

/** Rows that a contender takes. */
const rowsOf = ({ contender }: Outcome, { rows }: Standard): number => contender.rows ?? rows;

/** Rows a second; NaN when there is no figure. */
const rateOf = (outcome: Outcome, standard: Standard): number =>
  rowsOf(outcome, standard) / medianSeconds(outcome);

/** What is to be said of a contender's best prices: nothing, why there are none, that it has limits, or FAIL. */
function verdict(outcome: Outcome, standard: Standard): string {
  const { failure, contender } = outcome;
  if (failure !== undefined) return failure;
  const right = standard.rights.get(rowsOf(outcome, standard)) ?? "none";
  const found = touchOf(outcome);
  if (found === right) return "";
  const { mayDiffer } = contender;
  return mayDiffer === undefined
    ? `FAIL: ${found} is not ${right}`
    : `best prices differ: ${mayDiffer}`;
}

const shown = (value: number, digits: number): string =>
  Number.isNaN(value) ? "-" : value.toFixed(digits);

/** Prints a table of contenders. Returns whether all that must agree do. */
export function printOutcomes(outcomes: readonly Outcome[], standard: Standard): boolean {
  const named = (name: string): number => {
    const found = outcomes.find(({ contender }) => contender.name === name);
    return found === undefined ? Number.NaN : rateOf(found, standard);
  };
  const [limit, ours] = [named(standard.limit), named(standard.ours)];
  const verdicts = outcomes.map((outcome) => verdict(outcome, standard));
  printTable(
    ["contender", "M/s", `/ ${standard.limit}`, "ours / it", "runs", "M rows", "version, remarks"],
    outcomes.map((outcome, index) => {
      const rate = rateOf(outcome, standard);
      return [
        outcome.contender.name,
        shown(rate / 1e6, rate < 1e7 ? 2 : 1),
        shown(rate / limit, 3),
        shown(ours / rate, 2),
        String(outcome.runs.length),
        (rowsOf(outcome, standard) / 1e6).toFixed(1),
        [outcome.runs[0]?.version, outcome.contender.remark, verdicts[index]]
          .filter(Boolean)
          .join("; "),
      ];
    }),
  );
  return verdicts.every((text) => !/^(?:FAIL|failed)/.test(text));
}
