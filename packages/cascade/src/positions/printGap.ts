import { decimalToNumber, type Instrument, MICROS_PER_MINUTE } from "@aftershock/schema";
import {
  EngineRun,
  type EngineFigures,
  type PopulationSource,
} from "../counterfactual/engineRun.ts";
import type { RecordedStep } from "../counterfactual/recordedStep.ts";
import type { ForcedFlow } from "../record/forcedFlow.ts";
import type { RuleSet } from "../rules/ruleSet.ts";

/** Forced flow of a minute, quote currency. */
export interface GapMinute {
  /** Start of the minute, µs. */
  readonly at: number;
  /** Bought less sold: by the engine, and as printed times κ. */
  readonly engine: number;
  readonly printed: number;
}

/** How far an engine on the record is from what was printed. */
export interface PrintGapResult {
  /** Sold and bought by the engine, and as printed times κ, quote currency. */
  readonly engineSold: number;
  readonly engineBought: number;
  readonly printedSold: number;
  readonly printedBought: number;
  /** (engine − printed) / printed of sold and bought together; NaN without prints. */
  readonly relative: number;
  /** Σ |engine − printed| by minutes over all that was printed: 0 where every minute agrees, 2 where none does. NaN without prints. */
  readonly byMinute: number;
  readonly minutes: readonly GapMinute[];
  readonly figures: EngineFigures;
}

/**
 * Runs the recorded rules on the record and compares what the engine sells with what was printed: the error of the positions and of the engine, before any rule is changed. Differences of a counterfactual are taken against the
 * engine and not against the prints, so that it cancels to first order; it is reported all the same.
 */
export class PrintGap {
  readonly #engine: EngineRun;
  readonly #tick: number;
  readonly #flow: ForcedFlow;
  readonly #minutes = new Map<number, number>();

  /** `startPrice`: that of the first step, quote currency. */
  constructor(options: {
    readonly instrument: Instrument;
    readonly rules: RuleSet;
    readonly population: PopulationSource;
    readonly flow: ForcedFlow;
    readonly startPrice: number;
  }) {
    const { instrument, rules, population, flow, startPrice } = options;
    this.#engine = new EngineRun(rules, population, startPrice);
    this.#tick = decimalToNumber(instrument.tick);
    this.#flow = flow;
  }

  /** Takes a step of the record. */
  step({ at, bid, ask, mark, bidDepth, askDepth }: RecordedStep): void {
    const mid = (bid + ask) / 2;
    const quoteMid = mid * this.#tick;
    const flow = this.#engine.step({ at, mark, mid, quoteMid, bidDepth, askDepth });
    if (flow !== 0) add(this.#minutes, at, flow);
  }

  /** The comparison, over all prints at κ in the middle. */
  get result(): PrintGapResult {
    const { prints, kappa } = this.#flow;
    const printed = new Map<number, number>();
    let [sold, bought] = [0, 0];
    for (const { at, side, notional } of prints) {
      const scaled = kappa.mid * notional;
      add(printed, at, side * scaled);
      if (side > 0) bought += scaled;
      else sold += scaled;
    }
    const all = sold + bought;
    const times = [...new Set([...this.#minutes.keys(), ...printed.keys()])].toSorted(
      (a, b) => a - b,
    );
    const minutes = times.map((at) => ({
      at,
      engine: this.#minutes.get(at) ?? 0,
      printed: printed.get(at) ?? 0,
    }));
    const { figures } = this.#engine;
    const apart = minutes.reduce((sum, one) => sum + Math.abs(one.engine - one.printed), 0);
    return {
      engineSold: figures.forcedSold,
      engineBought: figures.forcedBought,
      printedSold: sold,
      printedBought: bought,
      relative: (figures.forcedSold + figures.forcedBought - all) / all,
      byMinute: apart / all,
      minutes,
      figures,
    };
  }
}

function add(sums: Map<number, number>, at: number, flow: number): void {
  const minute = Math.floor(at / MICROS_PER_MINUTE) * MICROS_PER_MINUTE;
  sums.set(minute, (sums.get(minute) ?? 0) + flow);
}
