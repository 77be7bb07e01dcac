import type { StateHash } from "@aftershock/replay";
import { IntegrityError, type Micros } from "@aftershock/schema";
import type { MarkOptions } from "../oracle/markComponents.ts";
import type { RuleSet } from "../rules/ruleSet.ts";
import { AnsweredPath, type ResponseModel, type SharedStep } from "./answeredPath.ts";
import type { Beginning } from "./beginning.ts";
import { type EngineFigures, EngineRun, type PopulationSource } from "./engineRun.ts";
import { MarkResponse, RebuiltMark } from "./markResponse.ts";
import { answeredAsk, answeredBid, forcedBeyond, type PathAnswer } from "./pathAnswer.ts";
import { type PathExtremes, PathFigures, type PathResult } from "./pathFigures.ts";
import { QuotedPath } from "./quotedPath.ts";

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
  readonly population: PopulationSource;
  readonly response: ResponseModel;
  readonly mark: MarkOptions;
  readonly stepMicros: number;
  readonly startPrice: number;
  /** Quote currency of a tick. */
  readonly tick: number;
  /** Whether its `answer` may be asked for. */
  readonly isShown: boolean;
  /** Shared with runs of the same rules and population; default: none. */
  readonly beginning?: Beginning | undefined;
}

/** An engine under changed rules on the path that answers to it, by one response model. */
export class ScenarioRun {
  readonly #prices: AnsweredPath;
  readonly #engine: EngineRun;
  readonly #mark: MarkResponse;
  readonly #path: PathFigures;
  /** Of a run that is shown. */
  readonly #quoted: QuotedPath | undefined;
  #hash: StateHash | undefined;
  #forcedBeyond = 0;

  constructor(options: ScenarioRunOptions) {
    const { rules, population, response, startPrice } = options;
    this.#prices = new AnsweredPath(response, options.tick);
    this.#engine = new EngineRun(rules, population, startPrice, options.beginning);
    const mark = (): MarkResponse => new MarkResponse(new RebuiltMark(rules.mark, options.mark));
    this.#mark = mark();
    this.#quoted = options.isShown ? new QuotedPath(mark()) : undefined;
    this.#path = new PathFigures(options.stepMicros);
  }

  /** The factor on recorded prices as of the last step: exactly 1 while nothing differs. */
  get factor(): number {
    return this.#prices.factor;
  }

  /** Whether any price has differed so far. */
  get hasMoved(): boolean {
    return this.#hash !== undefined;
  }

  /** Runs a step, in which the recorded rules' engine has sent `recordedFlow`: signed, quote currency. */
  step(shared: SharedStep, recordedFlow: number): void {
    const prices = this.#prices;
    this.#forcedBeyond = 0;
    if (!prices.take(shared)) return;
    prices.mark = this.#mark.take(prices.at, shared, prices);
    this.#quoted?.take(shared, prices);
    this.#path.take(prices.at, prices.logMid);
    const flow = this.#engine.step(prices);
    this.#forcedBeyond = forcedBeyond(recordedFlow, flow);
    prices.answer(shared, recordedFlow, flow);
  }

  /** How far what is quoted on the path is from the record as of the last step. Throws IntegrityError for a run that is not shown. */
  get answer(): PathAnswer {
    const { indexFactor, hasDiverged } = this.#prices;
    const quoted = this.#quoted;
    if (quoted === undefined)
      throw new IntegrityError("Invariant: only a run that is shown is asked");
    return {
      price: quoted.factor,
      mark: quoted.markFactor,
      index: indexFactor,
      forcedBeyond: this.#forcedBeyond,
      diverged: hasDiverged,
    };
  }

  /**
   * Takes a best bid and ask of the record, ticks, into the hash of the changed path, at the factor of the last step. `recorded` is the hash of the record before them: up to
   * the first price that differs the two are one.
   */
  touch(bid: number, ask: number, at: Micros, recorded: StateHash): void {
    const { factor } = this.#prices;
    if (factor === 1 && this.#hash === undefined) return;
    this.#hash ??= recorded.clone();
    mixTouch(this.#hash, answeredBid(bid, factor), answeredAsk(ask, factor, bid), at);
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
      largestDelta: this.#prices.largestDelta,
      lastDelta: this.#prices.delta,
      diverged: this.#prices.hasDiverged,
    };
  }
}

/** Takes best prices and their time into a hash. */
export function mixTouch(hash: StateHash, bid: number, ask: number, at: number): void {
  hash.mix(bid);
  hash.mix(ask);
  hash.mix(at);
}
