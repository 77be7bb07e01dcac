import { StateHash } from "@aftershock/replay";
import { ConfigError, IntegrityError, type Micros, MICROS_PER_SECOND } from "@aftershock/schema";
import { RollingMedian } from "../oracle/rollingMedian.ts";
import type { MarkOptions } from "../oracle/markComponents.ts";
import type { RuleSet } from "../rules/ruleSet.ts";
import type { ResponseModel, SharedStep } from "./answeredPath.ts";
import { Beginnings } from "./beginnings.ts";
import { type EngineFigures, EngineRun, type PopulationSource } from "./engineRun.ts";
import { type PathExtremes, PathFigures, type PathResult } from "./pathFigures.ts";
import { RebuiltMark } from "./markResponse.ts";
import { OpenLoops } from "./openLoops.ts";
import { NO_ANSWER, type PathAnswer } from "./pathAnswer.ts";
import { checkStep, type RecordedStep } from "./recordedStep.ts";
import { mixTouch, type RunResult, type RunSnapshot, ScenarioRun } from "./scenarioRun.ts";

/** The window of the median that spikes are taken back to, seconds. */
const MEDIAN_SECONDS = 30;
/** Steps that are kept until the draws beside the central one take them, one scenario after the other: engines of all scenarios together do not fit the caches. */
const BLOCK_STEPS = 1_024;

/** Rules to be tried on the record. */
export interface RuleScenario {
  readonly name: string;
  readonly rules: RuleSet;
  /** With how many of the draws, the first ones, it is run; default all. */
  readonly draws?: number;
}

/** One way in which the world may have been: who held what, and how prices answer. */
export interface Draw {
  readonly population: PopulationSource;
  readonly response: ResponseModel;
}

/** What a counterfactual is asked. */
export interface CounterfactualOptions {
  /** The rules under which the record came about. */
  readonly recorded: RuleSet;
  readonly scenarios: readonly RuleScenario[];
  /** The first is the central one, whose path is hashed. */
  readonly draws: readonly Draw[];
  /** What the mark rules leave open. */
  readonly mark: MarkOptions;
  /** Length of a step, µs. */
  readonly stepMicros: number;
  /** Quote currency of a tick. */
  readonly tick: number;
  /** Instants at which figures are told besides the end; default none. */
  readonly horizons?: Horizons;
  /** Whether `answerOf` may be asked; default false. */
  readonly isShown?: boolean;
  /** For how many draws, the first ones, each scenario's engine is also run on the path without any forced flow (see OpenLoops); default none. */
  readonly openLoops?: number;
}

/** Lengths of time after the first forced order. */
export interface Horizons {
  /** µs, ascending, above 0. */
  readonly after: readonly number[];
  /** From when on they are counted, µs; default: the end of the step of the first forced order by the recorded rules in the first draw. */
  readonly from?: number;
}

/** What a scenario gave. */
export interface ScenarioResult {
  readonly name: string;
  /** Hash of the best prices of the central draw; that of the record where nothing differs. */
  readonly pathHash: string;
  /** One a draw, in their order. */
  readonly runs: readonly RunResult[];
  /** By horizon that the record reached, by draw. */
  readonly horizons: readonly (readonly RunSnapshot[])[];
  /** One for each of the first draws: what its engine does on the path without forced flow. */
  readonly openLoops: readonly EngineFigures[];
}

/** How the record stood at a horizon. */
export interface RecordSnapshot {
  readonly at: Micros;
  readonly path: PathExtremes;
  /** One a draw. */
  readonly engines: readonly EngineFigures[];
}

/** What the record itself was. */
export interface RecordResult {
  readonly recordHash: string;
  readonly path: PathResult;
  /** What the engine does on the recorded path under the recorded rules, one a draw. */
  readonly engines: readonly EngineFigures[];
  readonly steps: number;
  /** First and last step, µs; NaN without any. */
  readonly from: number;
  readonly to: number;
  /** By horizon that it reached. */
  readonly horizons: readonly RecordSnapshot[];
}

/** The answer. */
export interface CounterfactualResult {
  readonly record: RecordResult;
  readonly scenarios: readonly ScenarioResult[];
}

/**
 * Changed rules on a recorded path, with the price answering: for each draw the recorded rules' engine runs on the record, and each scenario's engine on a path of its own, which differs
 * from the record by the answer to the difference of the two engines' forced flow, and by nothing else.
 *
 * The record is handed over step by step and is not kept but for a thousand steps: memory is that of the populations and kernels. `touch` takes the best prices in between, for hashes.
 */
export class Counterfactual {
  readonly #options: CounterfactualOptions;
  readonly #median = new RollingMedian({
    windowMicros: MEDIAN_SECONDS * MICROS_PER_SECOND,
    stepMicros: 100_000,
  });
  /** The recorded rules' mark of the recorded prices. */
  readonly #mark: RebuiltMark;
  readonly #hash = new StateHash();
  readonly #path: PathFigures;
  /** The steps that not all have taken yet. */
  #block: SharedStep[] = [];
  /** One a draw; draws of one population share theirs. */
  #engines: readonly EngineRun[] = [];
  /** Of each distinct engine, that of the central draw first: its flow in the steps that are kept. */
  #flows: ReadonlyMap<EngineRun, Float64Array> = new Map();
  /** By scenario, by draw. */
  #runs: readonly (readonly ScenarioRun[])[] = [];
  /** By draw: all scenarios' engines on the path without forced flow. */
  #openLoops: readonly OpenLoops[] = [];
  /** Of each scenario: its first draw, whose path is hashed. */
  #centrals: readonly ScenarioRun[] = [];
  /** Until all have begun. */
  #beginnings: Beginnings | undefined;
  readonly #recordAt: RecordSnapshot[] = [];
  /** By horizon, by scenario, by draw. */
  readonly #runsAt: (readonly (readonly RunSnapshot[])[])[] = [];
  /** From when on horizons are counted, µs. */
  #onset = Number.POSITIVE_INFINITY;
  #first = Number.NaN;
  #last = Number.NEGATIVE_INFINITY;
  #steps = 0;

  /** Throws ConfigError without scenarios or draws, with two scenarios of one name, or where the recorded mark rule leaves open what the options do not say. */
  constructor(options: CounterfactualOptions) {
    const { scenarios, draws, stepMicros } = options;
    if (scenarios.length === 0 || draws.length === 0) {
      throw new ConfigError(
        `${scenarios.length} scenarios with ${draws.length} draws are nothing to run`,
        {
          hints: ["Name one of each at least."],
        },
      );
    }
    const twice = scenarios.find(
      ({ name }, i) => scenarios.findIndex((one) => one.name === name) < i,
    );
    if (twice !== undefined) {
      throw new ConfigError(`Two scenarios are named "${twice.name}"`, {
        hints: ["Give one another name."],
      });
    }
    this.#options = options;
    this.#onset = options.horizons?.from ?? Number.POSITIVE_INFINITY;
    this.#mark = new RebuiltMark(options.recorded.mark, options.mark);
    this.#path = new PathFigures(stepMicros);
  }

  /** Takes a step. Throws DataError for one that cannot be used, with nothing done. */
  step(step: RecordedStep): void {
    checkStep(step, this.#last);
    const { at } = step;
    if (this.#steps === 0) this.#open(((step.bid + step.ask) / 2) * this.#options.tick);
    const shared = this.#shared(step);
    this.#path.take(at, shared.logMid);
    const recordedFlow = this.#stepCentrals(shared);
    if (recordedFlow !== 0 && this.#onset === Infinity) this.#onset = at;
    if (this.#steps === 0) this.#first = at;
    this.#last = at;
    this.#steps += 1;
    this.#block.push(shared);
    if (this.#block.length === BLOCK_STEPS) this.#catchUp();
    this.#tellHorizons(at);
  }

  /** What all runs share of a step. */
  #shared({ at, bid, ask, mark, index, bidDepth, askDepth }: RecordedStep): SharedStep {
    const mid = (bid + ask) / 2;
    const quoteMid = mid * this.#options.tick;
    const rebuiltMark = this.#mark.at(at, quoteMid, index);
    const logMid = Math.log(mid);
    this.#median.update(mid, at);
    const logMedian = Math.log(this.#median.price(at));
    const recorded = { at, bid, ask, mark, index, bidDepth, askDepth };
    return { ...recorded, rebuiltMark, mid, quoteMid, logMid, logMedian };
  }

  /** The central draw takes each step at once, as best prices after it are hashed at its factor. Returns the flow of the recorded rules' engine. */
  #stepCentrals(shared: SharedStep): number {
    const engine = this.#engines[0];
    const flows = engine && this.#flows.get(engine);
    if (engine === undefined || flows === undefined) return 0;
    const recordedFlow = engine.step(shared);
    flows[this.#block.length] = recordedFlow;
    for (const central of this.#centrals) central.step(shared, recordedFlow);
    return recordedFlow;
  }

  /** All others take the steps that were kept. */
  #catchUp(): void {
    const kept = this.#block;
    this.#block = [];
    const [central] = this.#engines;
    for (const [engine, flows] of this.#flows) {
      if (engine === central) continue;
      for (const [place, step] of kept.entries()) flows[place] = engine.step(step);
    }
    for (const runs of this.#runs) this.#take(kept, runs, 1);
    this.#take(kept, this.#openLoops, 0);
    if (kept.length > 0) this.#beginnings?.forget();
  }

  /** Draws from the `first` on take steps, each with the recorded flow of its engine. */
  #take(
    steps: readonly SharedStep[],
    draws: readonly (ScenarioRun | OpenLoops)[],
    first: number,
  ): void {
    for (const [draw, run] of draws.entries()) {
      if (draw < first) continue;
      const flows = this.#flowsOf(draw);
      for (let place = 0; place < steps.length; place += 1) {
        const step = steps[place];
        if (step !== undefined) run.step(step, flows?.[place] ?? 0);
      }
    }
  }

  /** The recorded flow of a draw in the steps that are kept. */
  #flowsOf(draw: number): Float64Array | undefined {
    const engine = this.#engines[draw];
    return engine && this.#flows.get(engine);
  }

  /** Keeps how everything stands where a horizon is reached. */
  #tellHorizons(at: Micros): void {
    const { after = [] } = this.#options.horizons ?? {};
    for (
      let next = after[this.#recordAt.length];
      next !== undefined && at >= this.#onset + next;
      next = after[this.#recordAt.length]
    ) {
      this.#catchUp();
      const engines = this.#engines.map(({ figures }) => figures);
      this.#recordAt.push({ at, path: this.#path.extremes, engines });
      this.#runsAt.push(this.#runs.map((runs) => runs.map(({ snapshot }) => snapshot)));
    }
  }

  /** Takes a best bid and ask of the record, ticks, after the step before them. */
  touch(bid: number, ask: number, at: Micros): void {
    for (const central of this.#centrals) central.touch(bid, ask, at, this.#hash);
    mixTouch(this.#hash, bid, ask, at);
  }

  /** How far what is quoted in the central draw of a scenario, by its place, is from the record as of the last step. Throws IntegrityError unless `isShown`. */
  answerOf(scenario: number): PathAnswer {
    if (!(this.#options.isShown ?? false)) {
      throw new IntegrityError("Invariant: only a counterfactual that is shown is asked");
    }
    return this.#centrals[scenario]?.answer ?? NO_ANSWER;
  }

  #open(startPrice: number): void {
    const { recorded, scenarios, draws, mark, stepMicros, tick, isShown = false } = this.#options;
    const bySource = new Map(
      draws.map(({ population }) => [population, new EngineRun(recorded, population, startPrice)]),
    );
    this.#flows = new Map(
      [...bySource.values()].map((engine) => [engine, new Float64Array(BLOCK_STEPS)]),
    );
    this.#engines = draws.flatMap(({ population }) => bySource.get(population) ?? []);
    const common = { mark, stepMicros, startPrice, tick };
    const looped = draws.slice(0, this.#options.openLoops ?? 0);
    const beginnings = new Beginnings([...draws, ...looped].map(({ population }) => population));
    this.#beginnings = beginnings;
    this.#runs = scenarios.map(({ rules, draws: count = draws.length }) =>
      draws.slice(0, count).map((draw, i) => {
        const beginning = beginnings.of(rules, draw.population);
        return new ScenarioRun({
          ...common,
          ...draw,
          rules,
          isShown: isShown && i === 0,
          beginning,
        });
      }),
    );
    this.#centrals = this.#runs.flatMap(([central]) => central ?? []);
    const rules = scenarios.map((scenario) => scenario.rules);
    this.#openLoops = looped.map(
      (draw) => new OpenLoops({ ...common, ...draw, rules, beginnings }),
    );
  }

  /** The answer so far. */
  finish(): CounterfactualResult {
    this.#catchUp();
    const { scenarios } = this.#options;
    const openLoops = this.#openLoops.map(({ figures }) => figures);
    return {
      record: {
        recordHash: this.#hash.hex,
        path: this.#path.result,
        engines: this.#engines.map(({ figures }) => figures),
        steps: this.#steps,
        from: this.#first,
        to: this.#steps === 0 ? Number.NaN : this.#last,
        horizons: this.#recordAt,
      },
      scenarios: scenarios.map(({ name }, i) => {
        const runs = this.#runs[i] ?? [];
        return {
          name,
          pathHash: runs[0]?.pathHash(this.#hash) ?? this.#hash.hex,
          runs: runs.map(({ result }) => result),
          horizons: this.#runsAt.map((byScenario) => byScenario[i] ?? []),
          openLoops: openLoops.flatMap((byScenario) => byScenario[i] ?? []),
        };
      }),
    };
  }
}
