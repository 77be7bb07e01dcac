import { type ReplayHandlers, StudyVenue, venueHandlers } from "@aftershock/replay";
import { type Instrument, MICROS_PER_MINUTE } from "@aftershock/schema";
import type { Strategy, TradingStrategy } from "../strategies/strategy.ts";
import type { StrategyOutcome, StrategyPoint } from "./underResults.ts";

/** A strategy at a venue of its own, as it trades through one replay. */
export class StrategyRun {
  readonly #strategy: Strategy;
  readonly #venue: StudyVenue;
  readonly #trading: TradingStrategy;
  readonly #start: number;
  readonly #series: StrategyPoint[] = [];
  #minute = Number.NaN;
  #last: StrategyPoint | undefined;
  #peak: StrategyPoint | undefined;
  #fall:
    | { readonly amount: number; readonly peakAt: number; readonly troughAt: number }
    | undefined;
  #fills = 0;
  #tradedLots = 0;
  #largestPosition = 0;

  constructor(strategy: Strategy, instrument: Instrument) {
    this.#strategy = strategy;
    const terms = strategy.venue();
    this.#start = terms.account?.cash ?? 0;
    this.#venue = new StudyVenue({
      ...terms,
      instrument,
      onUpdate: (update) => {
        if (update.kind === "filled") {
          this.#fills += 1;
          this.#tradedLots += update.size;
        }
        this.#trading.hear(update);
      },
    });
    this.#trading = strategy.start(this.#venue);
  }

  /** What a replay has to call: its venue hears first. */
  get handlers(): ReplayHandlers {
    return venueHandlers([this.#venue], this.#trading.handlers);
  }

  /** Lets everything happen that is due before the end of a step, µs. */
  advance(at: number): void {
    this.#venue.advance(at);
  }

  /** Values its account at the mark of a step that is over, quote currency. */
  value(at: number, mark: number): void {
    const { account } = this.#venue;
    const point = { at, equity: account.equity(mark), position: account.position };
    this.#largestPosition = Math.max(this.#largestPosition, Math.abs(point.position));
    const peak = this.#peak ?? { at, equity: this.#start, position: 0 };
    this.#peak = point.equity > peak.equity ? point : peak;
    const amount = this.#peak.equity - point.equity;
    if (amount > (this.#fall?.amount ?? 0)) {
      this.#fall = { amount, peakAt: this.#peak.at, troughAt: at };
    }
    const minute = Math.floor((at - 1) / MICROS_PER_MINUTE);
    if (minute !== this.#minute && this.#last !== undefined) this.#series.push(this.#last);
    this.#minute = minute;
    this.#last = point;
  }

  /** What it came to. */
  outcome(): StrategyOutcome {
    const { name, description } = this.#strategy;
    const { account, instrument } = this.#venue;
    const end = this.#last?.equity ?? this.#start;
    return {
      name,
      description,
      settle: instrument.settle,
      start: this.#start,
      end,
      pnl: end - this.#start,
      maxDrawdown: this.#fall ?? { amount: 0, peakAt: null, troughAt: null },
      fills: this.#fills,
      tradedLots: this.#tradedLots,
      fees: account.feesPaid,
      position: account.position,
      largestPosition: this.#largestPosition,
      series: this.#last === undefined ? [] : [...this.#series, this.#last],
    };
  }
}
