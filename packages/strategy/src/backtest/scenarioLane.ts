import { NO_ANSWER, type PathAnswer, type RecordedStep, ScenarioBook } from "@aftershock/cascade";
import {
  isBatchOf,
  type OrderBook,
  type ReplayHandlers,
  type RowsHandler,
} from "@aftershock/replay";
import {
  type Batch,
  type Instrument,
  type Micros,
  STREAM_NAMES,
  type StreamName,
} from "@aftershock/schema";
import { MovedRows } from "../scenarios/movedRows.ts";
import { HedgesReplay } from "./hedgesReplay.ts";
import { StrategyRun } from "./strategyRun.ts";
import type { Study } from "./study.ts";
import { matchesRequest, studyStreams } from "./studyStreams.ts";
import type { ScenarioHedges } from "./underResults.ts";

type RowsHandlers = { readonly [S in StreamName]?: RowsHandler<S> };

function handOver<S extends StreamName>(
  on: RowsHandlers,
  batch: Batch<S>,
  [from, to]: readonly [from: number, to: number],
  times: Float64Array,
): void {
  const handler: RowsHandlers[S] = on[batch.stream];
  handler?.(batch, from, to, times);
}

const isSame = ({ price, mark, index, forcedBeyond }: PathAnswer): boolean =>
  price === 1 && mark === 1 && index === 1 && forcedBeyond === 0;

/** The hedges and strategies of a study under one scenario: what they see of a replay of the record is moved by what the scenario's central draw was as of the last finished step. */
export class ScenarioLane {
  readonly #scenario: string;
  readonly #instrument: Instrument;
  readonly #requests: ReturnType<typeof studyStreams>;
  readonly #isRead = new Map<string, boolean>();
  readonly #hedges: { readonly replay: HedgesReplay; readonly handlers: RowsHandlers } | undefined;
  readonly #strategies: readonly StrategyRun[];
  readonly #handlers: readonly ReplayHandlers[];
  readonly #rows: MovedRows;
  #record: OrderBook | undefined;
  #book: ScenarioBook | undefined;
  #answer = NO_ANSWER;
  #isIdentical = true;

  /** `instrument`: the contract that scenarios are run on. */
  constructor(study: Study, scenario: string, instrument: Instrument) {
    this.#scenario = scenario;
    this.#instrument = instrument;
    this.#requests = studyStreams(study);
    const hasHedges = study.hedgesUnder === "scenarios" && study.hedges.length > 0;
    const replay = hasHedges ? new HedgesReplay(study) : undefined;
    this.#hedges = replay && { replay, handlers: replay.handlers };
    this.#strategies = study.strategies.map((strategy) => new StrategyRun(strategy, instrument));
    this.#handlers = this.#strategies.map(({ handlers }) => handlers);
    this.#rows = new MovedRows({
      instrument,
      answer: () => this.#answer,
      bestBid: () => this.#record?.bidSide.bestPrice ?? Number.NaN,
    });
  }

  /** Goes to the end of a step that the scenario has taken. */
  endStep({ at, mark }: RecordedStep, answer: PathAnswer): void {
    for (const run of this.#strategies) run.advance(at);
    this.#answer = answer;
    if (!isSame(answer)) this.#isIdentical = false;
    this.#book?.move(answer.price);
    this.#book?.consume(answer.forcedBeyond);
    const moved = answer.mark === 1 ? mark : mark * answer.mark;
    for (const run of this.#strategies) run.value(at, moved);
  }

  /** Takes a recorded book at the end of a message. */
  takeBook(record: OrderBook, at: Micros): void {
    const book = record.instrument.id === this.#instrument.id ? this.#show(record) : record;
    for (const { onBook } of this.#handlers) onBook?.(book, at);
  }

  #show(record: OrderBook): ScenarioBook {
    if (this.#book === undefined || this.#record !== record) {
      this.#record = record;
      this.#book = new ScenarioBook(record);
      this.#book.move(this.#answer.price);
    }
    this.#book.show();
    return this.#book;
  }

  /** Takes rows [from, to) of a batch of the record. */
  takeRows(batch: Batch, from: number, to: number, times: Float64Array): void {
    const moved = this.#moved(batch, from, to, times);
    if (this.#hedges !== undefined && this.#reads(batch)) {
      handOver(this.#hedges.handlers, moved, [from, to], times);
    }
    for (const { on = {} } of this.#handlers) handOver(on, moved, [from, to], times);
  }

  #moved(batch: Batch, from: number, to: number, times: Float64Array): Batch {
    if (isBatchOf(batch, "trades")) return this.#rows.trades(batch, from, to);
    if (isBatchOf(batch, "liquidations")) return this.#rows.liquidations(batch, from, to);
    if (isBatchOf(batch, "tickers")) return this.#rows.tickers(batch, from, to);
    if (isBatchOf(batch, "options")) return this.#rows.options(batch, from, to, times);
    return batch;
  }

  /** Whether hedges read rows of the batch's stream: that scenarios do is no reason to. */
  #reads({ stream, instrument }: Batch): boolean {
    const key = `${stream} ${instrument.id}`;
    const known = this.#isRead.get(key);
    if (known !== undefined) return known;
    const isRead = this.#requests.some((request) =>
      matchesRequest(request, { stream, instrument }),
    );
    this.#isRead.set(key, isRead);
    return isRead;
  }

  /** The streams of which somebody hears. */
  get streams(): readonly StreamName[] {
    const heard = [this.#hedges?.handlers, ...this.#handlers.map(({ on }) => on)];
    return STREAM_NAMES.filter((name) => heard.some((on) => on?.[name] !== undefined));
  }

  /** Whether anybody looks at books. */
  get seesBooks(): boolean {
    return this.#handlers.some(({ onBook }) => onBook !== undefined);
  }

  /** What they came to. */
  finish(): ScenarioHedges {
    return {
      scenario: this.#scenario,
      identical: this.#isIdentical,
      diverged: this.#answer.diverged,
      consumed: this.#book?.flow ?? null,
      left: this.#rows.left,
      hedges: this.#hedges?.replay.finish().outcomes ?? [],
      strategies: this.#strategies.map((run) => run.outcome()),
    };
  }
}
