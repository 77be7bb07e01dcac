import type { RecordedStep } from "@aftershock/cascade";
import type { ReplayHandlers } from "@aftershock/replay";
import type { Instrument } from "@aftershock/schema";
import type { ScenarioSession } from "../scenarios/scenarioSession.ts";
import { ScenarioLane } from "./scenarioLane.ts";
import type { Study } from "./study.ts";
import {
  NO_ANSWER_ASSUMED,
  NO_BAND,
  type ResultsUnderScenarios,
  UNDER_ASSUMED,
  UNDER_BIASES,
} from "./underResults.ts";

/** Whether a study has something to run under its scenarios. */
export const runsUnderScenarios = ({ hedges, hedgesUnder, strategies }: Study): boolean =>
  strategies.length > 0 || (hedgesUnder === "scenarios" && hedges.length > 0);

/** What hedges and strategies are run on. */
export interface UnderTerms {
  /** The contract that scenarios are run on. */
  readonly instrument: Instrument;
  /** Whether a calibration tells how prices answer. */
  readonly hasAnswer: boolean;
}

/**
 * Hedges and strategies of a study under each of its scenarios, in lockstep with them: one replay of the record feeds the session and then these, and nothing of the record or of the scenarios' paths is kept. At the end of a
 * step the session takes it first, then `endStep` is called; rows and books that follow are seen at that step's factors, so that nothing is known before the scenario knows it.
 */
export class UnderScenarios {
  readonly #session: Pick<ScenarioSession, "answerOf">;
  readonly #lanes: readonly ScenarioLane[];
  readonly #hasAnswer: boolean;

  /** Throws ConfigError where a strategy cannot trade the contract. */
  constructor(study: Study, session: Pick<ScenarioSession, "answerOf">, terms: UnderTerms) {
    const { instrument, hasAnswer } = terms;
    this.#session = session;
    this.#hasAnswer = hasAnswer;
    this.#lanes = study.scenarios.map(({ name }) => new ScenarioLane(study, name, instrument));
  }

  /** What a replay of the record and of the hedges' streams has to call, after what listens for the session. */
  get handlers(): Pick<ReplayHandlers, "on" | "onBook"> {
    const [lane] = this.#lanes;
    const takeRows: ScenarioLane["takeRows"] = (batch, from, to, times) => {
      for (const one of this.#lanes) one.takeRows(batch, from, to, times);
    };
    return {
      on: Object.fromEntries((lane?.streams ?? []).map((stream) => [stream, takeRows])),
      ...(lane?.seesBooks === true
        ? {
            onBook: (book, at) => {
              for (const one of this.#lanes) one.takeBook(book, at);
            },
          }
        : {}),
    };
  }

  /** Takes a step of the record that the session has taken. */
  endStep(step: RecordedStep): void {
    for (const [place, lane] of this.#lanes.entries()) {
      lane.endStep(step, this.#session.answerOf(place));
    }
  }

  /** What they came to. Throws DataError where hedges had no snapshot of the option chains. */
  finish(): ResultsUnderScenarios {
    return {
      draw: "central",
      band: { none: NO_BAND },
      scenarios: this.#lanes.map((lane) => lane.finish()),
      assumed: this.#hasAnswer ? UNDER_ASSUMED : [NO_ANSWER_ASSUMED, ...UNDER_ASSUMED],
      biases: UNDER_BIASES,
    };
  }
}
