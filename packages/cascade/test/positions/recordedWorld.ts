import { micros } from "@aftershock/schema";
import {
  EngineRun,
  type ForcedPrint,
  type PopulationSource,
  printedFlow,
  PrintGap,
  type PrintGapResult,
  RecordColumns,
  type RecordedStep,
  type RuleSet,
  type KappaBand,
  pinnedPositions,
  type PinnedPositions,
} from "../../src/index.ts";
import { PERPETUAL, STEP, stepsOf, TICK } from "../counterfactual/world.ts";

/** A record whose truth is known: the steps, and what an engine on them printed. */
export interface KnownRecord {
  readonly steps: readonly RecordedStep[];
  readonly columns: RecordColumns;
  readonly prints: readonly ForcedPrint[];
}

/** Runs an engine on a path and prints one forced order a step, the lots that it sent. */
export function recordOf(
  mids: readonly number[],
  { rules, population }: { readonly rules: RuleSet; readonly population: PopulationSource },
): KnownRecord {
  const steps = stepsOf(mids);
  const columns = new RecordColumns();
  const prints: ForcedPrint[] = [];
  const engine = new EngineRun(rules, population, (mids[0] ?? 1) * TICK);
  for (const step of steps) {
    const { at, bid, ask, mark, bidDepth, askDepth } = step;
    const mid = (bid + ask) / 2;
    const quoteMid = mid * TICK;
    columns.take(step, {
      taken: 0,
      traded: 0,
      printed: 0,
      bought: 0,
      sold: 0,
      openInterest: Number.NaN,
    });
    const flow = engine.step({ at, mark, mid, quoteMid, bidDepth, askDepth });
    if (flow === 0) continue;
    const lots = Math.round(Math.abs(flow) / (quoteMid * 0.001));
    const side = flow > 0 ? 1 : -1;
    // Heard of a little after the mark at which it was sent, as in a recording.
    const heard = micros(at + STEP / 2);
    prints.push({
      at: heard,
      side,
      lots,
      notional: Math.abs(flow),
      method: "market",
      account: undefined,
    });
  }
  return { steps, columns, prints };
}

/** Luck by a hash of draw and slot. */
export const uniform = (draw: number, slot: number): number =>
  ((Math.sin(draw * 12.9898 + slot * 78.233) * 43_758.5453) % 1) / 2 + 0.5;

/** Pins the prints of a record on which marks are those of the engine. */
export const pinned = (
  { columns, prints }: KnownRecord,
  rules: RuleSet,
  kappa?: KappaBand,
): PinnedPositions =>
  pinnedPositions({
    instrument: PERPETUAL,
    rules,
    columns,
    flow: printedFlow(prints, kappa),
    uniform,
    lagMicros: 0,
  });

/** Runs rules on the record with pinned positions. */
export function gapOf(
  { steps, prints }: KnownRecord,
  { rules, population, kappa }: { rules: RuleSet; population: PopulationSource; kappa?: KappaBand },
): PrintGapResult {
  const startPrice = steps[0] === undefined ? 1 : ((steps[0].bid + steps[0].ask) / 2) * TICK;
  const flow = printedFlow(prints, kappa);
  const gap = new PrintGap({ instrument: PERPETUAL, rules, population, flow, startPrice });
  for (const step of steps) gap.step(step);
  return gap.result;
}
