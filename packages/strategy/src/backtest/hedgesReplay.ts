import type { ReplayHandlers } from "@aftershock/replay";
import { DataError, isoMicros } from "@aftershock/schema";
import { FrameBuilder } from "../market/frameBuilder.ts";
import type { MarketFrame } from "../market/marketFrame.ts";
import { HedgeRun } from "./hedgeRun.ts";
import type { Study } from "./study.ts";
import type { Outcome } from "./outcome.ts";

/** All hedges of a study on one replay: each acts on every snapshot of the option chains. */
export class HedgesReplay {
  readonly #study: Study;
  readonly #runs: readonly HedgeRun[];
  readonly #builder: FrameBuilder;
  #frames = 0;

  /** `onFrame` is told of each snapshot after the hedges have acted on it. */
  constructor(study: Study, onFrame?: (frame: MarketFrame) => void) {
    this.#study = study;
    this.#runs = study.hedges.map((hedge) => new HedgeRun(hedge, study));
    this.#builder = new FrameBuilder(Object.keys(study.portfolio), (frame) => {
      this.#frames += 1;
      for (const run of this.#runs) run.step(frame);
      onFrame?.(frame);
    });
  }

  /** What a replay has to call with rows of the study's streams, and of no others. */
  get handlers(): Required<Pick<NonNullable<ReplayHandlers["on"]>, "options" | "tickers">> {
    return {
      options: (batch, from, to, times) => this.#builder.takeOptions(batch, from, to, times),
      tickers: (batch, from, to, times) => this.#builder.takeTickers(batch, from, to, times),
    };
  }

  /** What each hedge came to, and what was wrong with the recording, in sentences. Throws DataError where no snapshot was complete. */
  finish(): { readonly outcomes: readonly Outcome[]; readonly warnings: readonly string[] } {
    const warnings = this.#builder.finish();
    if (this.#frames > 0) return { outcomes: this.#runs.map((run) => run.outcome()), warnings };
    const { from, to } = this.#study;
    throw new DataError(
      `No complete snapshot of the option chains between ${isoMicros(from)} and ${isoMicros(to)}`,
      {
        hints: [
          "Choose a window that the recording covers (`aftershock lake` lists it), with chain snapshots of all coins at the same instants; options recorded update by update (Tardis) are no snapshots.",
        ],
      },
    );
  }
}
