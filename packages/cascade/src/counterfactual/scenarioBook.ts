import {
  type Gap,
  type Level,
  type OrderBook,
  quoteSize,
  StateHash,
  TakenLiquidity,
} from "@aftershock/replay";
import { ASK, BID, type Instrument, type Lots, type Micros } from "@aftershock/schema";
import { ScenarioSide } from "./scenarioSide.ts";

/** What became of forced flow beyond the record's, quote currency at the scenario's prices; `forced` = `consumed` + `unmet` + `carried`. */
export interface ConsumedFlow {
  readonly forced: number;
  /** Taken from levels. */
  readonly consumed: number;
  /** For which the recorded book had no level, or was not known. */
  readonly unmet: number;
  /** Less than a lot's worth a side, taken with what comes next. */
  readonly carried: number;
}

/** Of a division that should be whole. */
const ROUNDING = 1e-9;

/**
 * The book of a contract under a scenario: the recorded one shifted and consumed. It is read as any book is, at any time, and shows what the record shows as long as the scenario is the record.
 *
 * - Shifted: each level lies at its recorded price times the factor of the last finished step, in whole ticks, asks above the best bid.
 * - Consumed: what the scenario forced beyond the record takes recorded levels from the best on, in whole lots, as orders of a study do (TakenLiquidity): when the record shows less at a level, what went is taken to be what was
 *   consumed; what it adds is new; a level that vanishes, a snapshot and a gap forget it. So the book refills as the recorded one does. Nothing is added where the scenario forced less.
 *
 * Assumes that makers quote around the changed price as they did around the recorded one. The answer of prices holds what forced flow does to quotes in the mean, so that a level which is consumed and shifted as well is a hole that is a little too deep.
 */
export class ScenarioBook implements OrderBook {
  readonly instrument: Instrument;
  readonly bidSide: ScenarioSide;
  readonly askSide: ScenarioSide;
  readonly #record: OrderBook;
  readonly #taken = new TakenLiquidity();
  readonly #terms: { factor: number };
  #snapshots = 0;
  /** Forced flow of less than a lot, quote currency, by side of the book. */
  readonly #carried = { [BID]: 0, [ASK]: 0 };
  #forced = 0;
  #consumed = 0;
  #unmet = 0;

  /** `record` is the book of a replay, which goes on. */
  constructor(record: OrderBook) {
    this.#record = record;
    this.instrument = record.instrument;
    const terms = { record, factor: 1, taken: this.#taken };
    this.#terms = terms;
    this.bidSide = new ScenarioSide(BID, terms);
    this.askSide = new ScenarioSide(ASK, terms);
  }

  /** Goes to the factor of a step that is over. */
  move(factor: number): void {
    this.#terms.factor = factor;
  }

  /** Takes the record at the end of a message. */
  show(): void {
    if (this.#taken.isEmpty) return;
    const { valid, bidSide, askSide, counts } = this.#record;
    if (!valid || counts.snapshots !== this.#snapshots) this.#taken.clear();
    else this.#taken.show(bidSide, askSide);
  }

  /** Takes forced flow out of the levels that it meets: quote currency, bought above 0. */
  consume(flow: number): void {
    if (flow === 0) return;
    this.#forced += Math.abs(flow);
    const side = flow < 0 ? BID : ASK;
    const due = Math.abs(flow) + this.#carried[side];
    this.#carried[side] = 0;
    if (this.#taken.isEmpty) this.#snapshots = this.#record.counts.snapshots;
    const left = this.#takeFrom(side, due);
    this.#consumed += due - left;
  }

  /** Takes `due` from a side, quote currency; returns what it could not, which is carried or has met nothing. */
  #takeFrom(side: 1 | -1, due: number): number {
    const record = side === BID ? this.#record.bidSide : this.#record.askSide;
    const answered = side === BID ? this.bidSide : this.askSide;
    let left = due;
    for (let level = record.bestPrice; !Number.isNaN(level); level = record.priceAfter(level)) {
      const perLot = quoteSize(this.instrument, { price: answered.priceOf(level), size: 1 });
      const wanted = Math.floor(left / perLot + ROUNDING);
      const available = this.#taken.available(record, level);
      const taken = Math.min(wanted, available);
      if (taken > 0) this.#taken.take(record, level, taken);
      left = Math.max(0, left - taken * perLot);
      if (wanted > available) continue;
      this.#carried[side] = left;
      return left;
    }
    this.#unmet += left;
    return left;
  }

  /** What became of forced flow so far. */
  get flow(): ConsumedFlow {
    const carried = this.#carried[BID] + this.#carried[ASK];
    return { forced: this.#forced, consumed: this.#consumed, unmet: this.#unmet, carried };
  }

  get valid(): boolean {
    return this.#record.valid;
  }

  get at(): Micros | undefined {
    return this.#record.at;
  }

  get updateId(): number {
    return this.#record.updateId;
  }

  get bestBid(): Level | undefined {
    return this.bidSide.levels(1)[0];
  }

  get bestAsk(): Level | undefined {
    return this.askSide.levels(1)[0];
  }

  bids(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.bidSide.levels(depth);
  }

  asks(depth: number = Number.POSITIVE_INFINITY): readonly Level[] {
    return this.askSide.levels(depth);
  }

  sizeAt(side: 1 | -1, price: number): Lots {
    return (side === BID ? this.bidSide : this.askSide).sizeAt(price);
  }

  get counts(): OrderBook["counts"] {
    return this.#record.counts;
  }

  get gaps(): readonly Gap[] {
    return this.#record.gaps;
  }

  get digest(): string {
    if (this.#terms.factor === 1 && this.#taken.isEmpty) return this.#record.digest;
    const hash = new StateHash();
    hash.mixText(this.#record.digest);
    for (const { price, size } of [...this.bids(), ...this.asks()]) {
      hash.mix(price);
      hash.mix(size);
    }
    return hash.hex;
  }
}
