import { decimalToNumber } from "@aftershock/schema";
import { asTold, compareProbes, type Verdict } from "./compareProbes.ts";
import { type Example, type ExampleRun, runExample } from "./exampleRuns.ts";
import { FEES, type Instead, type Setting } from "./ourRuns.ts";
import type { PeerRun } from "./peerRuns.ts";
import type { Recording } from "./recordings.ts";
import {
  equalFills,
  type Fill,
  type Money,
  moneyOf,
  sameFills,
  type StudyRun,
} from "./studyRun.ts";

/** What is the same to the cent, USD. */
const HALF_CENT = 0.005;

/** Orders of one verdict, and what they make of the difference in profit. */
export interface VerdictTally {
  readonly orders: number;
  /** Profit of ours less profit of theirs, USD. */
  readonly pnlDifference: number;
}

/** How an example fared with both programs. */
export interface ExampleComparison {
  /** The same requests to both venues: those that the example makes of ours. */
  readonly ours: Money;
  readonly theirs: Money;
  /** Fills that are the same: order, time, price and size. */
  readonly equalFills: number;
  readonly verdicts: ReadonlyMap<Verdict, VerdictTally>;
  /** The example run by each program for itself, so that what follows from a fill differs too. */
  readonly alone: {
    readonly theirs: Money;
    /** The first order that was sent or filled otherwise, and why; undefined where none was. */
    readonly first: { readonly order: number; readonly verdict: Verdict } | undefined;
  };
  /** Our venue with all of their rules, against theirs alone. */
  readonly theirRules: {
    readonly orders: number;
    readonly same: number;
    /** USD. */
    readonly pnlDifference: number;
  };
  /** What is wrong and has no reason. */
  readonly faults: readonly string[];
}

const sameOrder = (one: StudyRun, other: StudyRun, index: number): boolean => {
  const [a, b] = [one.orders[index], other.orders[index]];
  return (
    a?.sentAt === b?.sentAt && a?.side === b?.side && a?.price === b?.price && a?.size === b?.size
  );
};

/** The first order that was sent or filled otherwise in two runs; undefined where none was. */
function firstDifference(one: StudyRun, other: StudyRun, unitMicros: number): number | undefined {
  const length = Math.max(one.orders.length, other.orders.length);
  for (let index = 0; index < length; index++) {
    const alike = sameFills(one.fills[index] ?? [], other.fills[index] ?? [], unitMicros);
    if (!alike || !sameOrder(one, other, index)) return index;
  }
  return undefined;
}

/** A comparison of runs of one recording at one last price. */
class Ledger {
  readonly #terms: Parameters<typeof moneyOf>[1];
  /** USD in a unit of the settle currency. */
  readonly #usd: number;

  constructor({ instrument }: Recording, lastTicks: number) {
    this.#terms = { instrument, fees: FEES, lastTicks };
    const isCoin = instrument.contract === "inverse";
    this.#usd = isCoin ? lastTicks * decimalToNumber(instrument.tick) : 1;
  }

  money(run: StudyRun): Money {
    const { fees, pnl, ...rest } = moneyOf(run, this.#terms);
    return { ...rest, fees: fees * this.#usd, pnl: pnl * this.#usd };
  }

  /** Profit of one order of a run, USD. */
  profit({ orders, fills }: StudyRun, index: number): number {
    const some = { orders: orders.slice(index, index + 1), fills: fills.slice(index, index + 1) };
    return this.money(some).pnl;
  }

  /**
   * Whether what the other program says of its account is what its fills come to. Of an order that fills in parts its account takes the
   * last one only, and that only where it makes the order whole.
   */
  countsAlike(
    run: PeerRun,
    { setting, recording }: { setting: Setting; recording: Recording },
  ): boolean {
    const fills = run.orders.map((): Fill[] => []);
    for (const [order, price, size] of run.completed) fills[order]?.push({ at: 0, price, size });
    const { position, fees, pnl } = this.money(
      setting.partial ? { orders: run.orders, fills } : run,
    );
    const lots = run.state.position / decimalToNumber(recording.instrument.lot);
    const feesUsd = run.state.fee * this.#usd;
    const pnlUsd = this.#equityOf(run, recording) * this.#usd;
    return (
      Math.abs(lots - position) < 0.01 &&
      Math.abs(feesUsd - fees) < HALF_CENT &&
      Math.abs(pnlUsd - pnl) < HALF_CENT
    );
  }

  /** What hftbacktest's account is worth at the last price, settle currency. Source: its assettype.rs, read 2026-11. */
  #equityOf({ state: { position, balance, fee } }: PeerRun, { instrument }: Recording): number {
    const price = this.#terms.lastTicks * decimalToNumber(instrument.tick);
    return instrument.contract === "inverse"
      ? (-position * instrument.multiplier) / price - balance - fee
      : position * instrument.multiplier * price + balance - fee;
  }
}

function tally(
  ledger: Ledger,
  verdicts: readonly Verdict[],
  { ours, theirs }: { ours: StudyRun; theirs: StudyRun },
): ReadonlyMap<Verdict, VerdictTally> {
  const found = new Map<Verdict, VerdictTally>();
  for (const [index, verdict] of verdicts.entries()) {
    const { orders, pnlDifference } = found.get(verdict) ?? { orders: 0, pnlDifference: 0 };
    const more = ledger.profit(ours, index) - ledger.profit(theirs, index);
    found.set(verdict, { orders: orders + 1, pnlDifference: pnlDifference + more });
  }
  return found;
}

/** All of hftbacktest's rules that our venue has seams for. */
const theirRules = ({ clock, partial }: Setting, kind: Example["kind"]): Instead => ({
  tradesEarlier: clock === "event",
  ...(kind === "maker"
    ? { peerPlaces: true, wholeThrough: partial }
    : { printsIgnored: true, takenForgotten: true, takesWhole: !partial }),
});

/** What hftbacktest tells of a run of ours. */
const told = (run: ExampleRun, { partial }: Setting): StudyRun => ({
  orders: run.orders,
  fills: run.fills.map((fills, index) =>
    partial && run.orders[index]?.isIoc === true ? asTold(fills) : fills,
  ),
});

/** Holds an example with our venue against hftbacktest: with the same requests (`open`), and run by each for itself (`alone`). */
export async function compareExample(
  recording: Recording,
  example: Example,
  terms: { setting: Setting; own: ExampleRun; open: PeerRun; alone: PeerRun },
): Promise<ExampleComparison> {
  const { setting, own, open, alone } = terms;
  const faults: string[] = [];
  const { ours, verdicts } = await compareProbes(recording, own.probes, { setting, theirs: open });
  const ledger = new Ledger(recording, own.lastTicks);
  if (firstDifference(own, ours, 1) !== undefined)
    faults.push("our requests, repeated, fill otherwise");
  if (open.touchMismatches > 0) faults.push(`best prices differ at ${open.touchMismatches} orders`);
  const order = firstDifference(own, alone, 1);
  const verdict = order === undefined ? "same" : (verdicts[order] ?? "unexplained");
  if (order !== undefined && (verdict === "same" || verdict === "unexplained")) {
    faults.push(`alone, order ${order} differs without a reason`);
  }
  const unexplained = verdicts.filter((found) => found === "unexplained").length;
  if (unexplained > 0) faults.push(`${unexplained} orders differ without a reason`);
  if (!ledger.countsAlike(open, { setting, recording }))
    faults.push("hftbacktest counts its own fills otherwise");

  const twin = told(
    await runExample(recording, example, { setting, instead: theirRules(setting, example.kind) }),
    setting,
  );
  const unitMicros = setting.clock === "event" ? 1_000 : 1;
  const same = firstDifference(twin, alone, unitMicros) ?? alone.orders.length;
  if (same < alone.orders.length) {
    faults.push(`with their rules, order ${same} differs`);
  }
  const pnlDifference = ledger.money(twin).pnl - ledger.money(alone).pnl;
  return {
    ours: ledger.money(own),
    theirs: ledger.money(open),
    equalFills: own.fills.reduce(
      (sum, fills, index) => sum + equalFills(fills, open.fills[index] ?? []),
      0,
    ),
    verdicts: tally(ledger, verdicts, { ours: own, theirs: open }),
    alone: {
      theirs: ledger.money(alone),
      first: order === undefined ? undefined : { order, verdict },
    },
    theirRules: { orders: alone.orders.length, same, pnlDifference },
    faults,
  };
}
