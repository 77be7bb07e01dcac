import type { StateHash } from "@aftershock/replay";
import type { Micros } from "@aftershock/schema";
import type { ImpactKernel } from "../impact/impactKernel.ts";
import type { MarkOptions } from "../oracle/markComponents.ts";
import type { RuleSet } from "../rules/ruleSet.ts";
import { RemovedFraction } from "./deSpike.ts";
import { type EngineFigures, EngineRun, type PopulationSource } from "./engineRun.ts";
import { MarkResponse } from "./markResponse.ts";
import { type PathExtremes, PathFigures, type PathResult } from "./pathFigures.ts";
import type { RecordedStep } from "./recordedStep.ts";
import type { SideDepths } from "./sideDepths.ts";

/** A path that moves further than this from the record, a logarithm, is one that diverges: a price of a third, or of three times. */
const FURTHEST_DELTA = 1.1;
const isNear = (delta: number): boolean => Math.abs(delta) < FURTHEST_DELTA;
/** The time over which removed forced flow is reckoned for the removal of its spikes, seconds. */
const REMOVED_SECONDS = 30;

/** How the price, and the index, answer to a difference in forced flow. */
export interface ResponseModel {
  /** What it is called in results: the kernel and where its parameters come from. */
  readonly name: string;
  /** A new kernel for the price of the contract, which may look at the depths of the step that is run. */
  readonly price: (depths: SideDepths) => ImpactKernel;
  /** A new kernel for the index. */
  readonly index: (depths: SideDepths) => ImpactKernel;
  /** Slope of the price's and of the index' response at a depth of one side, quote currency: a logarithm a unit of flow. */
  readonly priceSlope: (depth: number) => number;
  readonly indexSlope: (depth: number) => number;
  /** Whether spikes that removed flow had made are taken out of the path: see `logMid`. */
  readonly removesSpikes: boolean;
}

/** How a run stands at an instant within it. */
export interface RunSnapshot {
  readonly path: PathExtremes;
  readonly figures: EngineFigures;
}

/** What one run under changed rules gives. */
export interface RunResult {
  readonly path: PathResult;
  readonly figures: EngineFigures;
  /** Largest distance of the changed path from the record, a logarithm, signed. */
  readonly largestDelta: number;
  /** Δ at the end. */
  readonly lastDelta: number;
  /**
   * Whether price or index went so far from the record that the model says nothing any more; path and figures are then up to the step before, and
   * `largestDelta` and `lastDelta` tell how far.
   */
  readonly diverged: boolean;
}

/** What a run is made of. */
export interface ScenarioRunOptions {
  readonly rules: RuleSet;
  readonly recordedRules: RuleSet;
  readonly population: PopulationSource;
  readonly response: ResponseModel;
  readonly mark: MarkOptions;
  readonly stepMicros: number;
  readonly startPrice: number;
  /** Quote currency of a tick. */
  readonly tick: number;
  /**
   * Whether the path is the one without any forced flow, whatever the engine sends: what the engine then does is what would have been liquidated without the moves that liquidations make
   * themselves. Default false.
   */
  readonly isOpenLoop?: boolean;
}

/** What is the same for all runs of a step: the record, its forced flow by the recorded rules' engine, its trailing median. */
export interface SharedStep extends RecordedStep {
  /** Signed flow of the recorded rules' engine in this step, quote currency. */
  readonly recordedFlow: number;
  /** Mid, ticks, and its natural logarithm. */
  readonly mid: number;
  readonly logMid: number;
  /** Median over the last 30 s of the mid, ticks, as a logarithm. */
  readonly logMedian: number;
}

/**
 * One path under changed rules, by one response model: ln p = ln p recorded + Δ, with Δ only of differences in forced flow up to the step before. While there are none Δ is +0 and every
 * recorded price is returned itself.
 */
export class ScenarioRun {
  readonly #options: ScenarioRunOptions;
  readonly #price: ImpactKernel;
  readonly #index: ImpactKernel;
  readonly #engine: EngineRun;
  readonly #mark: MarkResponse;
  readonly #path: PathFigures;
  readonly #removed = new RemovedFraction(REMOVED_SECONDS);
  readonly #depths = { bid: Number.NaN, ask: Number.NaN };
  #hash: StateHash | undefined;
  #factor = 1;
  #largest = 0;
  #delta = 0;
  #diverged = false;

  constructor(options: ScenarioRunOptions) {
    const { rules, recordedRules, population, response, startPrice } = options;
    this.#options = options;
    this.#price = response.price(this.#depths);
    this.#index = response.index(this.#depths);
    this.#engine = new EngineRun(rules, population, startPrice);
    this.#mark = new MarkResponse(
      { recorded: recordedRules.mark, changed: rules.mark },
      options.mark,
    );
    this.#path = new PathFigures(options.stepMicros);
  }

  /** The factor on recorded prices as of the last step: exactly 1 while nothing differs. */
  get factor(): number {
    return this.#factor;
  }

  /** Whether any price has differed so far. */
  get hasMoved(): boolean {
    return this.#hash !== undefined;
  }

  /** Runs a step. */
  step(shared: SharedStep): void {
    if (this.#diverged) return;
    const { at, mid, logMid, mark, index, bidDepth, askDepth } = shared;
    const { tick } = this.#options;
    this.#depths.bid = bidDepth;
    this.#depths.ask = askDepth;
    const shift = this.#shift(shared);
    const indexShift = this.#index.delta(at);
    // Of a step beyond all sense nothing is taken: its prices may not even be numbers.
    this.#diverged = !(isNear(this.#delta) && isNear(indexShift));
    if (this.#diverged) return;
    const isSame = shift === 0;
    this.#factor = isSame ? 1 : Math.exp(shift);
    const changedMid = isSame ? mid : mid * this.#factor;
    const changedIndex = indexShift === 0 ? index : index * Math.exp(indexShift);
    const quoteMid = changedMid * tick;
    const changedMark = this.#mark.take(
      at,
      mark,
      { mid: mid * tick, index },
      { mid: quoteMid, index: changedIndex },
    );
    this.#path.take(at, isSame ? logMid : logMid + shift);
    const flow = this.#engine.step({
      at,
      mark: changedMark,
      mid: changedMid,
      quoteMid,
      bidDepth,
      askDepth,
    });
    this.#answer(shared, flow);
  }

  /** Δ, and what is taken out of spikes: the mid goes towards its trailing median by the fraction of forced flow that is removed. */
  #shift({ at, logMid, logMedian }: SharedStep): number {
    const delta = this.#price.delta(at);
    this.#delta = delta;
    if (Math.abs(delta) > Math.abs(this.#largest)) this.#largest = delta;
    const removed = this.#options.response.removesSpikes ? this.#removed.value : 0;
    return removed === 0 ? delta : delta + removed * (logMedian - logMid);
  }

  #answer({ at, recordedFlow, bidDepth, askDepth }: SharedStep, sent: number): void {
    const { response, isOpenLoop = false } = this.#options;
    const changed = isOpenLoop ? 0 : sent;
    const depth = recordedFlow + changed < 0 ? bidDepth : askDepth;
    const flow = { at, recorded: recordedFlow, changed };
    this.#price.add({ ...flow, slope: response.priceSlope(depth) });
    this.#index.add({ ...flow, slope: response.indexSlope(depth) });
    this.#removed.add(at, recordedFlow, changed);
  }

  /**
   * Takes a best bid and ask of the record, ticks, into the hash of the changed path, at the factor of the last step. `recorded` is the hash of the record before them: up to
   * the first price that differs the two are one.
   */
  touch(bid: number, ask: number, at: Micros, recorded: StateHash): void {
    if (this.#factor === 1 && this.#hash === undefined) return;
    this.#hash ??= recorded.clone();
    const changedBid = this.#factor === 1 ? bid : Math.round(bid * this.#factor);
    const changedAsk =
      this.#factor === 1 ? ask : Math.max(changedBid + 1, Math.round(ask * this.#factor));
    mixTouch(this.#hash, changedBid, changedAsk, at);
  }

  /** The hash of the changed path, or the record's where no price has differed. */
  pathHash(recorded: StateHash): string {
    return (this.#hash ?? recorded).hex;
  }

  /** How the run stands as of the last step. */
  get snapshot(): RunSnapshot {
    return { path: this.#path.extremes, figures: this.#engine.figures };
  }

  get result(): RunResult {
    return {
      path: this.#path.result,
      figures: this.#engine.figures,
      largestDelta: this.#largest,
      lastDelta: this.#delta,
      diverged: this.#diverged,
    };
  }
}

/** Takes best prices and their time into a hash. */
export function mixTouch(hash: StateHash, bid: number, ask: number, at: number): void {
  hash.mix(bid);
  hash.mix(ask);
  hash.mix(at);
}
