import {
  Counterfactual,
  type CounterfactualResult,
  type Draw,
  type PathAnswer,
  type PositionSource,
  type RecordedStep,
  type RuleSet,
} from "@aftershock/cascade";
import { decimalToNumber, type Micros, MICROS_PER_MINUTE } from "@aftershock/schema";
import { changedRules } from "../mitigations/changedRules.ts";
import type { Mitigation } from "../mitigations/mitigation.ts";
import { markAssumptions } from "./markAssumptions.ts";
import type { CounterfactualSettings } from "./scenarioOptions.ts";
import type { Assumed, ScenarioResults } from "./scenarioOutcome.ts";
import type { PrintedNotional, ScenarioResponses, ScenarioWorld } from "./scenarioWorld.ts";
import { tellScenarios } from "./tellScenarios.ts";

/** The rules of nobody being liquidated, run beside every study: by it one tells what forced flow did to the record. No mitigation has this name. */
export const UNFORCED = "\u0000unforced";

/** The scenarios of a study while the record goes by: all of them share one decode of it, and none of it is kept. */
export class ScenarioSession {
  readonly #scenarios: readonly { readonly mitigation: Mitigation; readonly rules: RuleSet }[];
  readonly #world: ScenarioWorld;
  readonly #counterfactual: Counterfactual;
  readonly #assumed: readonly Assumed[];

  /** Throws ConfigError where a mitigation does not fit the rules, or its rules cannot be run. */
  constructor(
    mitigations: readonly Mitigation[],
    settings: Pick<CounterfactualSettings, "horizonMinutes" | "onset" | "stepMillis">,
    world: ScenarioWorld,
  ) {
    const { recorded, responses, positions, instrument } = world;
    this.#world = world;
    this.#scenarios = mitigations.map((mitigation) => ({
      mitigation,
      rules: changedRules(mitigation, recorded),
    }));
    const changedMarks = this.#scenarios
      .map(({ rules }) => rules.mark)
      .filter((rule) => rule !== recorded.mark);
    const marks = markAssumptions(
      world.mark === undefined ? [recorded.mark, ...changedMarks] : changedMarks,
      { of: instrument.id, fundingSeconds: recorded.funding.intervalSeconds },
    );
    const ofPositions = positions.source.assumptions.map((value) => ({
      part: "positions",
      value,
      why: `they come of ${positions.source.origin}`,
    }));
    this.#assumed = [...world.assumed, ...marks.assumed, ...ofPositions];
    this.#counterfactual = new Counterfactual({
      recorded,
      scenarios: [
        ...this.#scenarios.map(({ mitigation, rules }) => ({
          name: mitigation.name,
          rules,
          // Bit for bit the record in every draw: one a kernel shows it.
          ...(rules === recorded ? { draws: responses.kernels } : {}),
        })),
        { name: UNFORCED, rules: { ...recorded, liquidates: false } },
      ],
      draws: drawsOf(responses, positions.source),
      mark: { ...marks.options, ...world.mark },
      stepMicros: settings.stepMillis * 1_000,
      tick: decimalToNumber(instrument.tick),
      horizons: {
        after: settings.horizonMinutes.map((minutes) => minutes * MICROS_PER_MINUTE),
        ...(settings.onset === undefined ? {} : { from: settings.onset }),
      },
      openLoops: responses.kernels,
      isShown: world.isShown ?? false,
    });
  }

  /** Takes a step of the record. Throws DataError for one that cannot be used. */
  step(step: RecordedStep): void {
    this.#counterfactual.step(step);
  }

  /** Takes a best bid and ask of the record, ticks, after the step before them. */
  touch(bid: number, ask: number, at: Micros): void {
    this.#counterfactual.touch(bid, ask, at);
  }

  /** How far what is quoted in the central draw of a scenario, by its place in the study, is from the record as of the last step. Throws IntegrityError unless the world `isShown`. */
  answerOf(scenario: number): PathAnswer {
    return this.#counterfactual.answerOf(scenario);
  }

  /** The results, when the record is over. `minutes`: the horizons, as they were asked for. */
  finish(horizonMinutes: readonly number[], printed: PrintedNotional | undefined): ScenarioResults {
    const result: CounterfactualResult = this.#counterfactual.finish();
    return tellScenarios({
      result,
      scenarios: this.#scenarios,
      world: { ...this.#world, assumed: this.#assumed },
      horizonMinutes,
      printed,
    });
  }
}

/** Each kernel's own estimate with the central population, and each bootstrap draw with another. */
const drawsOf = ({ models, kernels }: ScenarioResponses, source: PositionSource): readonly Draw[] =>
  models.map((response, draw) => ({
    response,
    population: source.population(Math.max(0, draw - kernels + 1)),
  }));
