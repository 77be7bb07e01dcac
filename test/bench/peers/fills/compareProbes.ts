import type { Instead, Setting } from "./ourRuns.ts";
import { type Probe, runProbes } from "./probes.ts";
import type { Recording } from "./recordings.ts";
import { type Fill, sameFills, type StudyRun } from "./studyRun.ts";
import { unseenPrints } from "./unseenPrints.ts";

/**
 * Why an order was filled otherwise; README.md says what each means, and `differences.ts` shows each alone. They are
 * found by trial: with hftbacktest's rule in the place of ours, our venue fills the order as hftbacktest does.
 */
export type Reason =
  | "shares"
  | "through"
  | "sharesAndThrough"
  | "joined"
  | "prints"
  | "taken"
  | "takenAndPrints"
  | "told"
  | "whole"
  | "unexplained";

/** What came of one order: `same` where every fill has the same time, price and size, or where neither filled it. */
export type Verdict = Reason | "same";

/** How two programs filled the same orders. */
export interface ProbeComparison {
  readonly ours: StudyRun & { readonly lastTicks: number };
  /** Of each order. */
  readonly verdicts: readonly Verdict[];
}

/** Our venue with some of hftbacktest's rules; `asTold`: what it tells of taking orders, too. */
interface Trial {
  readonly reason: Reason;
  readonly instead: Instead;
  readonly isIoc: boolean;
  readonly asTold: boolean;
}

/** Trials in the order of how little they change. */
function trialsFor({ clock, queue, partial }: Setting): readonly Trial[] {
  // Their rules are tried where no trade has the time of a book: hftbacktest is given the trades of an instant first.
  const earlier: Instead = { tradesEarlier: clock === "event" };
  const shares = { ...earlier, peerShares: true };
  const whole = { wholeThrough: true };
  const prints = { ...earlier, printsIgnored: true };
  const taken = { ...earlier, takenForgotten: true };
  const takenAndPrints = { ...prints, ...taken };
  const resting: readonly (readonly [Reason, Instead, boolean])[] = [
    ["shares", shares, queue === "power"],
    ["through", { ...earlier, ...whole }, partial],
    ["sharesAndThrough", { ...shares, ...whole }, partial && queue === "power"],
    ["joined", { ...earlier, peerPlaces: true, wholeThrough: partial }, true],
  ];
  const taking: readonly (readonly [Reason, Instead, boolean, boolean])[] = [
    ["told", {}, true, partial],
    ["prints", prints, false, true],
    ["prints", prints, true, partial],
    ["taken", taken, false, true],
    ["taken", taken, true, partial],
    ["takenAndPrints", takenAndPrints, false, true],
    ["takenAndPrints", takenAndPrints, true, partial],
    ["whole", { ...takenAndPrints, takesWhole: true }, false, !partial],
  ];
  return [
    ...resting.flatMap(([reason, instead, isWanted]): Trial[] =>
      isWanted ? [{ reason, instead, isIoc: false, asTold: false }] : [],
    ),
    ...taking.flatMap(([reason, instead, asTold, isWanted]): Trial[] =>
      isWanted ? [{ reason, instead, isIoc: true, asTold }] : [],
    ),
  ];
}

/** What hftbacktest tells of a taking order with partial fills: all of it at the price of the last level that it took. */
export const asTold = (fills: readonly Fill[]): readonly Fill[] => {
  const last = fills.at(-1);
  if (last === undefined) return [];
  return [{ ...last, size: fills.reduce((sum, { size }) => sum + size, 0) }];
};

/** Runs probes of one setting through our venue, and holds them against those of hftbacktest. */
export async function compareProbes(
  recording: Recording,
  probes: readonly Probe[],
  { setting, theirs }: { readonly setting: Setting; readonly theirs: StudyRun },
): Promise<ProbeComparison> {
  const runs = new Map<string, StudyRun>();
  const runWith = async (instead: Instead): Promise<StudyRun> => {
    const key = JSON.stringify(instead);
    const run = runs.get(key) ?? (await runProbes(recording, probes, setting, instead));
    runs.set(key, run);
    return run;
  };
  const ours = await runProbes(recording, probes, setting);
  runs.set("{}", ours);
  const verdicts: Verdict[] = probes.map((_, index) =>
    sameFills(ours.fills[index] ?? [], theirs.fills[index] ?? []) ? "same" : "unexplained",
  );
  const settle = (reason: Reason, isIt: (probe: Probe, index: number) => boolean): void => {
    for (const [index, probe] of probes.entries()) {
      if (verdicts[index] === "unexplained" && isIt(probe, index)) verdicts[index] = reason;
    }
  };
  const isLeft = (isIoc: boolean): boolean =>
    probes.some((probe, index) => probe.isIoc === isIoc && verdicts[index] === "unexplained");
  for (const trial of trialsFor(setting)) {
    if (!isLeft(trial.isIoc)) continue;
    const run = await runWith(trial.instead);
    // This trial has all of their rules for resting orders: the reason must be there, too.
    const mayBe = trial.reason === "joined" ? await unseenPrints(recording, setting) : () => true;
    // Trades of these trials come a µs earlier: the venue's clock counts whole ms.
    const unitMicros = trial.instead.tradesEarlier === true ? 1_000 : 1;
    settle(trial.reason, (probe, index) => {
      const own = run.fills[index] ?? [];
      const told = trial.asTold ? asTold(own) : own;
      if (probe.isIoc !== trial.isIoc || !mayBe(probe)) return false;
      return sameFills(told, theirs.fills[index] ?? [], unitMicros);
    });
  }
  return { ours, verdicts };
}
