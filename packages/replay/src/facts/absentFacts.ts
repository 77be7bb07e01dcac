import type { EventStream, StreamName } from "@aftershock/schema";
import type { AbsentFact, StylisedFacts } from "./factTypes.ts";
import { FEWEST_IN_TAIL, TAIL_SHARE } from "./hillIndex.ts";
import { FEWEST_POINTS } from "./powerLaw.ts";
import { FEWEST_WINDOWS } from "./windowed.ts";

const NO_BOOK = "there is no book, by price or by order";
const NO_TRADES = "there are no trades";
const NO_FORCED = "there are no liquidations";

/** What a fact is undefined for: the first reason that holds. */
type Reasons = readonly (readonly [holds: boolean, why: string])[];

function why(reasons: Reasons, otherwise: string): string {
  return reasons.find(([holds]) => holds)?.[1] ?? otherwise;
}

/** Names each fact that is undefined, with the reason. `streams` are those that it was to be made of. */
export function absentFacts(
  facts: Omit<StylisedFacts, "absent">,
  streams: readonly EventStream[],
): readonly AbsentFact[] {
  const lacks = (name: StreamName): boolean => !streams.some(({ stream }) => stream === name);
  const noBook = lacks("book") && lacks("orders");
  const noTrades = facts.activity.trades === undefined || facts.activity.trades === 0;
  const absent: AbsentFact[] = [];
  const tell = (fact: string, value: unknown, reason: string): void => {
    if (value === undefined) absent.push({ fact, why: reason });
  };
  const windows = `fewer than ${FEWEST_WINDOWS} windows of ${facts.windowSeconds} s had a mid for half of their time`;
  tell("spread", facts.spread, why([[noBook, NO_BOOK]], "there never was a bid and an ask"));
  tell("depth", facts.depth[0], why([[noBook, NO_BOOK]], "there never was a bid and an ask"));
  tell("worst", facts.worst, windows);
  tell("signs", facts.signs, why([[noTrades, NO_TRADES]], "no trade has a side"));
  if (facts.signs !== undefined) {
    const early = `fewer than ${FEWEST_POINTS} lags in a row have a correlation above twice its error`;
    tell("signs.decay", facts.signs.decay, early);
  }
  const impactReasons: Reasons = [
    [noBook, NO_BOOK],
    [noTrades, NO_TRADES],
  ];
  tell("runImpact", facts.runImpact, why(impactReasons, "no run had a mid before and after it"));
  const bins = `fewer than ${FEWEST_POINTS} bins of size hold enough metaorders with a positive mean impact`;
  if (facts.runImpact !== undefined) tell("runImpact.law", facts.runImpact.law, bins);
  const forced: Reasons = [
    [lacks("liquidations"), NO_FORCED],
    [noBook, NO_BOOK],
  ];
  tell("forcedImpact", facts.forcedImpact, why(forced, "no forced order had a mid around it"));
  if (facts.forcedImpact !== undefined) tell("forcedImpact.law", facts.forcedImpact.law, bins);
  tell(
    "cancellations",
    facts.cancellations,
    why(impactReasons, "the book comes in snapshots only"),
  );
  tell("forced", facts.forced, why([[lacks("liquidations"), NO_FORCED]], NO_TRADES));
  const { contract } = facts;
  if (contract === "unknown" || contract === "quanto") {
    absent.push({
      fact: "sizes in quote currency",
      why: `the contract is ${contract}: they are computed as of a linear one, in its nominal currency at best`,
    });
  }
  return [...absent, ...absentReturns(facts)];
}

function absentReturns({ returns, priceOf }: Omit<StylisedFacts, "absent">): readonly AbsentFact[] {
  if (returns.length === 0) {
    const reason = priceOf === undefined ? "there is neither a book nor trades" : "too short";
    return [{ fact: "returns", why: reason }];
  }
  return returns.flatMap(({ horizonSeconds, count, kurtosis, tails, absoluteDecay }) => {
    const at = `returns ${horizonSeconds} s`;
    const tail = `${TAIL_SHARE * 100} % of ${count} returns are fewer than ${FEWEST_IN_TAIL}, or they have no spread of sizes`;
    return [
      ...(kurtosis === undefined
        ? [{ fact: `${at}.kurtosis`, why: `${count} returns are too few, or all are equal` }]
        : []),
      ...(tails.both === undefined ? [{ fact: `${at}.tails`, why: tail }] : []),
      ...(absoluteDecay === undefined
        ? [
            {
              fact: `${at}.absoluteDecay`,
              why: `fewer than ${FEWEST_POINTS} lags in a row have a correlation above twice its error`,
            },
          ]
        : []),
    ];
  });
}
