import { printTable } from "../printTable.ts";
import type { ProbeComparison, Reason, Verdict } from "./compareProbes.ts";
import type { ExampleComparison } from "./compareExamples.ts";
import type { DifferenceFound } from "./differences.ts";
import type { Setting } from "./ourRuns.ts";
import type { StudyRun } from "./studyRun.ts";

/** What an example came to in one setting. */
export interface ExampleRow {
  readonly recording: string;
  readonly example: string;
  readonly setting: Setting;
  readonly compared: ExampleComparison;
}

/** What drawn orders came to in one setting. */
export interface DrawnRow {
  readonly recording: string;
  readonly setting: Setting;
  readonly compared: ProbeComparison;
  readonly theirs: StudyRun;
}

/** What each reason means, in a line. README.md has the sources. */
const REASONS: Readonly<Record<Exclude<Reason, "unexplained">, string>> = {
  shares:
    "of what left a level, another part stood ahead: theirs does not take trades off the size behind, and rounds",
  through:
    "traded or crossed through: theirs fills the order whole, ours with as much as there was",
  sharesAndThrough: "both of these",
  joined:
    "ours joins behind what the book shows less what has printed since, theirs behind all of it",
  prints: "what has printed since the last book cannot be taken from ours, and can from theirs",
  taken: "what an order took cannot be taken again from ours, and can from theirs",
  takenAndPrints: "both of these",
  told: "of an order that takes several levels theirs tells only the last price",
  whole:
    "without partial fills theirs takes all of an order at the best price, however little rests there",
};

const usd = (value: number): string => {
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text;
};

const settingText = ({ clock, queue, partial }: Setting): string =>
  `${clock}, ${queue === "riskAverse" ? "risk-averse" : "power"}, ${partial ? "parts" : "whole"}`;

/** Prints the event lists that show each difference alone. */
export function printDifferences(rows: readonly DifferenceFound[]): void {
  process.stdout.write("Each difference alone, on a made-up list of events\n");
  printTable(
    ["difference", "ours", "theirs", "as worked out", "events"],
    rows.map(({ difference, ours, theirs, isAsSaid }) => [
      difference.verdict,
      ours === "" ? "none" : ours,
      theirs === "" ? "none" : theirs,
      isAsSaid ? "yes" : "NO",
      difference.what,
    ]),
  );
}

const reasonsText = ({ verdicts }: ExampleComparison): string =>
  [...verdicts]
    .filter(([verdict]) => verdict !== "same")
    .map(([verdict, { orders, pnlDifference }]) => `${verdict} ${orders} (${usd(pnlDifference)})`)
    .join(", ");

/** Prints what the examples came to: first with the same requests to both venues, then each program alone. */
export function printExamples(rows: readonly ExampleRow[]): void {
  process.stdout.write(
    "The same requests to both venues; money in USD, differences ours less theirs\n",
  );
  printTable(
    [
      "recording, example, clock, queue, fills",
      "orders",
      "equal",
      "fills",
      "theirs",
      "equal",
      "position",
      "theirs",
      "fees",
      "theirs",
      "P&L",
      "theirs",
      "differs",
      "because, orders (USD)",
    ],
    rows.map(({ recording, example, setting, compared }) => {
      const { ours, theirs, verdicts } = compared;
      const orders = [...verdicts.values()].reduce((sum, tally) => sum + tally.orders, 0);
      return [
        `${recording} ${example}, ${settingText(setting)}`,
        String(orders),
        String(verdicts.get("same")?.orders ?? 0),
        String(ours.fills),
        String(theirs.fills),
        String(compared.equalFills),
        String(ours.position),
        String(theirs.position),
        usd(ours.fees),
        usd(theirs.fees),
        usd(ours.pnl),
        usd(theirs.pnl),
        usd(ours.pnl - theirs.pnl),
        reasonsText(compared),
      ];
    }),
  );
  process.stdout.write("Each program alone, and ours with all of their rules against theirs\n");
  printTable(
    [
      "recording, example, clock, queue, fills",
      "P&L ours",
      "theirs",
      "their orders",
      "same by their rules",
      "P&L differs",
      "first other order of ours",
    ],
    rows.map(({ recording, example, setting, compared }) => {
      const { ours, alone, theirRules } = compared;
      const { first } = alone;
      return [
        `${recording} ${example}, ${settingText(setting)}`,
        usd(ours.pnl),
        usd(alone.theirs.pnl),
        String(theirRules.orders),
        String(theirRules.same),
        usd(theirRules.pnlDifference),
        first === undefined ? "none" : `${first.order + 1}: ${first.verdict}`,
      ];
    }),
  );
}

const filledCount = ({ fills }: StudyRun): number =>
  fills.filter(({ length }) => length > 0).length;

/** Prints what drawn orders came to. */
export function printDrawn(rows: readonly DrawnRow[]): void {
  if (rows.length === 0) return;
  process.stdout.write("Orders drawn at random near the best prices, each at a venue of its own\n");
  printTable(
    ["recording, clock, queue, fills", "orders", "filled", "theirs", "equal", "because"],
    rows.map(({ recording, setting, compared, theirs }) => {
      const { ours, verdicts } = compared;
      const counts = Map.groupBy(verdicts, (verdict: Verdict) => verdict);
      const others = [...counts].filter(([verdict]) => verdict !== "same");
      return [
        `${recording} ${settingText(setting)}`,
        String(verdicts.length),
        String(filledCount(ours)),
        String(filledCount(theirs)),
        String(counts.get("same")?.length ?? 0),
        others.map(([verdict, { length }]) => `${verdict} ${length}`).join(", "),
      ];
    }),
  );
}

/** Prints what the reasons mean. */
export function printReasons(): void {
  for (const [reason, meaning] of Object.entries(REASONS)) {
    process.stdout.write(`${reason.padEnd(16)} ${meaning}\n`);
  }
  process.stdout.write("\n");
}
