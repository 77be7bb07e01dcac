import type { MarkOptions } from "../oracle/markComponents.ts";
import type { MarkRule } from "../rules/markRule.ts";
import type { RuleSet } from "../rules/ruleSet.ts";
import { AnsweredPath, type ResponseModel, type SharedStep } from "./answeredPath.ts";
import type { Beginnings } from "./beginnings.ts";
import { type EngineFigures, EngineRun, type PopulationSource } from "./engineRun.ts";
import { MarkResponse, RebuiltMark } from "./markResponse.ts";

/** What open loops are made of. */
export interface OpenLoopOptions {
  /** One set of rules for each engine. */
  readonly rules: readonly RuleSet[];
  readonly population: PopulationSource;
  readonly response: ResponseModel;
  readonly mark: MarkOptions;
  readonly startPrice: number;
  /** Quote currency of a tick. */
  readonly tick: number;
  /** Shared with other engines of the population; default: none. */
  readonly beginnings?: Beginnings | undefined;
}

/** Engines that go by one mark. */
interface MarkedEngines {
  readonly mark: MarkResponse;
  readonly engines: readonly EngineRun[];
}

/**
 * Engines on the path without any forced flow, whatever they send: what each of them does there is what its rules would have liquidated without the moves that liquidations make themselves. The
 * path is of the record and the response alone, so that all engines share it, and those of one mark rule the mark too.
 */
export class OpenLoops {
  readonly #path: AnsweredPath;
  readonly #engines: readonly EngineRun[];
  readonly #marked: readonly MarkedEngines[];

  constructor(options: OpenLoopOptions) {
    const { rules, population, response, mark, startPrice, tick, beginnings } = options;
    this.#path = new AnsweredPath(response, tick);
    this.#engines = rules.map(
      (each) => new EngineRun(each, population, startPrice, beginnings?.of(each, population)),
    );
    const byRule = Map.groupBy(this.#engines.entries(), ([place]) => rules[place]?.mark);
    this.#marked = [...byRule].flatMap(([rule, engines]): readonly MarkedEngines[] =>
      rule === undefined
        ? []
        : [{ mark: responseOf(rule), engines: engines.map(([, engine]) => engine) }],
    );
    function responseOf(rule: MarkRule): MarkResponse {
      return new MarkResponse(new RebuiltMark(rule, mark));
    }
  }

  /** Runs a step, in which the recorded rules' engine has sent `recordedFlow`: signed, quote currency. None from the one on at which the path diverges. */
  step(shared: SharedStep, recordedFlow: number): void {
    const path = this.#path;
    if (!path.take(shared)) return;
    for (const { mark, engines } of this.#marked) {
      path.mark = mark.take(path.at, shared, path);
      for (const engine of engines) engine.step(path);
    }
    path.answer(shared, recordedFlow, 0);
  }

  /** What each engine has done, in the order of their rules. */
  get figures(): readonly EngineFigures[] {
    return this.#engines.map(({ figures }) => figures);
  }
}
