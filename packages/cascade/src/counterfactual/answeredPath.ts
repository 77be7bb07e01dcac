import { type Micros, micros } from "@aftershock/schema";
import type { ImpactKernel } from "../impact/impactKernel.ts";
import { RemovedFraction } from "./deSpike.ts";
import type { EngineStep } from "./engineRun.ts";
import type { RecordedStep } from "./recordedStep.ts";
import type { SideDepths } from "./sideDepths.ts";

/** A path that moves further than this from the record, a logarithm, is one that diverges: a price of a third, or of three times. */
const FURTHEST_DELTA = 1.1;
const isNear = (delta: number): boolean => Math.abs(delta) < FURTHEST_DELTA;
/** The time over which removed forced flow is reckoned for the removal of its spikes, seconds. */
const REMOVED_SECONDS = 30;
/** The slope where flows are alike: none is asked for, as nothing is moved. */
const ANY_SLOPE = 1;

/** How the price, and the index, answer to a difference in forced flow. */
export interface ResponseModel {
  /** What it is called in results: the kernel and where its parameters come from. */
  readonly name: string;
  /** A new kernel for the price of the contract, which may look at the depths of the step that is run. */
  readonly price: (depths: SideDepths) => ImpactKernel;
  /** A new kernel for the index. */
  readonly index: (depths: SideDepths) => ImpactKernel;
  /** Slope of the price's and of the index' response at a depth of one side, quote currency: a logarithm a unit of flow. Asked where flows differ. */
  readonly priceSlope: (depth: number) => number;
  readonly indexSlope: (depth: number) => number;
  /** Whether spikes that removed flow had made are taken out of the path. */
  readonly removesSpikes: boolean;
  /** Whether it is an alternative, which widens the spread of an ensemble and is no part of its middle. Default false. */
  readonly isAlternative?: boolean;
}

/** What is the same for all runs of a step: the record, what the recorded rules make of it, its trailing median. */
export interface SharedStep extends RecordedStep {
  /** What the recorded rules' mark is rebuilt as, quote currency: see MarkResponse. */
  readonly rebuiltMark: number;
  /** Mid in ticks and in quote currency, and the natural logarithm of the former. */
  readonly mid: number;
  readonly quoteMid: number;
  readonly logMid: number;
  /** Median over the last 30 s of the mid, ticks, as a logarithm. */
  readonly logMedian: number;
}

/**
 * Prices that answer to a difference in forced flow, by one response model: ln p = ln p recorded + Δ, with Δ only of differences in forced flow up to the step before. While there are none Δ is
 * +0 and every recorded price is returned itself.
 *
 * It is also what engines on it are told of a step: prices are those of the last one that was taken, with the mark as whoever knows its rule sets it.
 */
export class AnsweredPath implements EngineStep {
  readonly #tick: number;
  readonly #response: ResponseModel;
  readonly #price: ImpactKernel;
  readonly #index: ImpactKernel;
  readonly #removed = new RemovedFraction(REMOVED_SECONDS);
  readonly #depths = { bid: Number.NaN, ask: Number.NaN };
  /** What is told to kernels, made once: they do not keep it. */
  readonly #flow = { at: Number.NaN, recorded: Number.NaN, changed: Number.NaN, slope: Number.NaN };
  /** The end of the step, and what rests near the mid of the record then: see RecordedStep. */
  at: Micros = micros(0);
  bidDepth: number = Number.NaN;
  askDepth: number = Number.NaN;
  /** Mid in ticks and in quote currency, and the natural logarithm of the former. */
  mid: number = Number.NaN;
  quoteMid: number = Number.NaN;
  logMid: number = Number.NaN;
  /** Index and mark, quote currency. */
  index: number = Number.NaN;
  mark: number = Number.NaN;
  /** The factor on recorded prices as of the last step: exactly 1 while nothing differs. */
  factor = 1;
  /** The same of the recorded index. */
  indexFactor = 1;
  /** Δ as of the last step, and the largest so far, signed. */
  delta = 0;
  largestDelta = 0;
  /** Whether price or index went so far from the record that the model says nothing any more; prices are then those of the step before. */
  hasDiverged = false;

  /** `tick`: quote currency of a tick. */
  constructor(response: ResponseModel, tick: number) {
    this.#tick = tick;
    this.#response = response;
    this.#price = response.price(this.#depths);
    this.#index = response.index(this.#depths);
  }

  /** Goes to the prices of a step. Returns whether there are any: false from the step on at which it diverges. */
  take(step: SharedStep): boolean {
    if (this.hasDiverged) return false;
    const { at, mid, logMid, index } = step;
    this.#depths.bid = step.bidDepth;
    this.#depths.ask = step.askDepth;
    const shift = this.#shift(step);
    const indexShift = this.#index.delta(at);
    // Of a step beyond all sense nothing is taken: its prices may not even be numbers.
    this.hasDiverged = !(isNear(this.delta) && isNear(indexShift));
    if (this.hasDiverged) return false;
    const isSame = shift === 0;
    this.at = at;
    this.bidDepth = step.bidDepth;
    this.askDepth = step.askDepth;
    this.factor = isSame ? 1 : Math.exp(shift);
    this.mid = isSame ? mid : mid * this.factor;
    this.quoteMid = this.mid * this.#tick;
    this.logMid = isSame ? logMid : logMid + shift;
    this.indexFactor = indexShift === 0 ? 1 : Math.exp(indexShift);
    this.index = indexShift === 0 ? index : index * this.indexFactor;
    return true;
  }

  /** Δ, and what is taken out of spikes: the mid goes towards its trailing median by the fraction of forced flow that is removed. */
  #shift({ at, logMid, logMedian }: SharedStep): number {
    const delta = this.#price.delta(at);
    this.delta = delta;
    if (Math.abs(delta) > Math.abs(this.largestDelta)) this.largestDelta = delta;
    const removed = this.#response.removesSpikes ? this.#removed.value : 0;
    return removed === 0 ? delta : delta + removed * (logMedian - logMid);
  }

  /** Takes the signed flow that hits the book at the end of the step that was taken, quote currency, in the place of that of the recorded rules' engine. */
  answer({ at, bidDepth, askDepth }: SharedStep, recordedFlow: number, changed: number): void {
    this.#removed.add(at, recordedFlow, changed);
    const flow = this.#flow;
    flow.at = at;
    flow.recorded = recordedFlow;
    flow.changed = changed;
    flow.slope = ANY_SLOPE;
    if (changed === recordedFlow) {
      this.#price.add(flow);
      this.#index.add(flow);
      return;
    }
    const { priceSlope, indexSlope } = this.#response;
    const depth = recordedFlow + changed < 0 ? bidDepth : askDepth;
    flow.slope = priceSlope(depth);
    this.#price.add(flow);
    flow.slope = indexSlope(depth);
    this.#index.add(flow);
  }
}
