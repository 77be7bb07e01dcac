import {
  answeredAsk,
  answeredBid,
  black76,
  inversePremium,
  type PathAnswer,
  type Right,
} from "@aftershock/cascade";
import {
  type Batch,
  BUY,
  CALL,
  decimalToNumber,
  type Instrument,
  MICROS_PER_YEAR,
  PUT,
  type StreamName,
  stepsToNumber,
} from "@aftershock/schema";

/** Recorded rows that a scenario could not move: they are seen as recorded. */
export interface LeftRows {
  readonly stream: StreamName;
  readonly instrument: string;
  readonly rows: number;
  readonly why: string;
}

/** What rows are moved by. */
export interface MovedBy {
  /** The contract that scenarios are run on. */
  readonly instrument: Instrument;
  /** How far the path is from the record as of the last finished step. */
  readonly answer: () => PathAnswer;
  /** The recorded best bid of that contract, ticks; NaN where it is not known. */
  readonly bestBid: () => number;
}

const isSame = ({ price, mark, index }: PathAnswer): boolean =>
  price === 1 && mark === 1 && index === 1;

const OTHER_COIN = "it is of another coin, whose answer to forced flow here is not known";
const NO_VOLATILITY =
  "the record has no volatility, underlying or strike of the option, or it has expired";

/** Batches with columns of their own for what moves, made once a batch: the one in hand of each instrument. */
class Copies<S extends StreamName> {
  readonly #inHand = new Map<string, { readonly batch: Batch<S>; readonly copy: Batch<S> }>();
  readonly #columnsOf: (batch: Batch<S>) => Batch<S>["columns"];

  /** `columnsOf`: the columns of a batch, with new ones in the place of those that move. */
  constructor(columnsOf: (batch: Batch<S>) => Batch<S>["columns"]) {
    this.#columnsOf = columnsOf;
  }

  of(batch: Batch<S>): Batch<S> {
    const { stream, instrument, length } = batch;
    const held = this.#inHand.get(instrument.id);
    if (held?.batch === batch) return held.copy;
    const copy = { stream, instrument, length, columns: this.#columnsOf(batch) };
    this.#inHand.set(instrument.id, { batch, copy });
    return copy;
  }
}

/** How a row of a batch is to be moved: by nothing, with the contract itself, or with the index of its coin. */
type Relation = "own" | "coin" | "other";

/**
 * Recorded rows as a scenario has them: prices of its contract times the factor of the price (trades and prints in whole ticks, as levels of the book), its mark and index by theirs; of other contracts of the same coin all prices by the factor
 * of the index, which is the only answer of prices elsewhere that there is. An option's premiums move by what Black-76 at its recorded volatility makes of its underlying's move, quotes to whole ticks; below one tick nobody bids.
 * Where all factors are 1 the recorded batch itself comes back.
 */
export class MovedRows {
  readonly #by: MovedBy;
  readonly #left = new Map<string, LeftRows>();
  readonly #trades = new Copies<"trades">(({ columns, length }) => ({
    ...columns,
    price: new Float64Array(length),
  }));
  readonly #liquidations = new Copies<"liquidations">(({ columns, length }) => ({
    ...columns,
    price: new Float64Array(length),
  }));
  readonly #tickers = new Copies<"tickers">(({ columns, length }) => ({
    ...columns,
    markPrice: new Float64Array(length),
    indexPrice: new Float64Array(length),
    lastPrice: new Float64Array(length),
  }));
  readonly #options = new Copies<"options">(({ columns, length }) => ({
    ...columns,
    bidPrice: new Float64Array(length),
    askPrice: new Float64Array(length),
    lastPrice: new Float64Array(length),
    markPrice: new Float64Array(length),
    underlyingPrice: new Float64Array(length),
    indexPrice: new Float64Array(length),
  }));

  constructor(by: MovedBy) {
    this.#by = by;
  }

  /** What could not be moved so far. */
  get left(): readonly LeftRows[] {
    return [...this.#left.values()];
  }

  /** Rows [from, to) of trades; of the batch that comes back these rows alone may be read. */
  trades(batch: Batch<"trades">, from: number, to: number): Batch<"trades"> {
    if (!this.#movesPrints(batch)) return batch;
    const moved = this.#trades.of(batch);
    this.#movePrints(batch.columns, moved.columns.price, from, to);
    return moved;
  }

  /** Rows [from, to) of prints of forced orders, likewise. */
  liquidations(batch: Batch<"liquidations">, from: number, to: number): Batch<"liquidations"> {
    if (!this.#movesPrints(batch)) return batch;
    const moved = this.#liquidations.of(batch);
    this.#movePrints(batch.columns, moved.columns.price, from, to);
    return moved;
  }

  #movesPrints({ instrument }: Batch): boolean {
    return this.#by.answer().price !== 1 && this.#relation(instrument) === "own";
  }

  /** A print lies at a level: what was bought at one of the asks. */
  #movePrints(
    { price, side }: { readonly price: Float64Array; readonly side: Int8Array },
    moved: Float64Array,
    from: number,
    to: number,
  ): void {
    const factor = this.#by.answer().price;
    const bestBid = this.#by.bestBid();
    for (let row = from; row < to; row += 1) {
      const recorded = price[row] ?? Number.NaN;
      moved[row] =
        side[row] === BUY ? answeredAsk(recorded, factor, bestBid) : answeredBid(recorded, factor);
    }
  }

  /** Rows [from, to) of tickers, likewise. */
  tickers(batch: Batch<"tickers">, from: number, to: number): Batch<"tickers"> {
    const answer = this.#by.answer();
    if (isSame(answer)) return batch;
    const relation = this.#relation(batch.instrument);
    if (relation === "other") return this.#leave(batch, to - from, OTHER_COIN);
    const { markPrice, indexPrice, lastPrice } = batch.columns;
    const moved = this.#tickers.of(batch);
    const { columns } = moved;
    const isOwn = relation === "own";
    const [mark, last] = isOwn ? [answer.mark, answer.price] : [answer.index, answer.index];
    for (let row = from; row < to; row += 1) {
      columns.markPrice[row] = (markPrice[row] ?? Number.NaN) * mark;
      columns.indexPrice[row] = (indexPrice[row] ?? Number.NaN) * answer.index;
      columns.lastPrice[row] = (lastPrice[row] ?? Number.NaN) * last;
    }
    return moved;
  }

  /** Rows [from, to) of a chain of options, likewise. `times`: when they were received, µs. */
  options(
    batch: Batch<"options">,
    from: number,
    to: number,
    times: Float64Array,
  ): Batch<"options"> {
    const { index } = this.#by.answer();
    if (index === 1) return batch;
    if (this.#relation(batch.instrument) === "other")
      return this.#leave(batch, to - from, OTHER_COIN);
    const moved = this.#options.of(batch);
    let unpriced = 0;
    for (let row = from; row < to; row += 1) {
      const change = premiumChange(batch, row, { at: times[row] ?? Number.NaN, index });
      if (Number.isNaN(change)) unpriced += 1;
      moveOption(batch, row, moved.columns, { change: Number.isNaN(change) ? 0 : change, index });
    }
    if (unpriced > 0) this.#leave(batch, unpriced, NO_VOLATILITY);
    return moved;
  }

  #relation({ id, base, symbol }: Instrument): Relation {
    const { instrument } = this.#by;
    if (id === instrument.id) return "own";
    const coin = instrument.base;
    if (coin === "") return "other";
    return base === coin || symbol.startsWith(`${coin}-`) ? "coin" : "other";
  }

  #leave<S extends StreamName>(batch: Batch<S>, rows: number, why: string): Batch<S> {
    const { stream, instrument } = batch;
    const key = `${stream} ${instrument.id} ${why}`;
    const before = this.#left.get(key)?.rows ?? 0;
    this.#left.set(key, { stream, instrument: instrument.id, rows: before + rows, why });
    return batch;
  }
}

/** By how much an option's premium moves when its underlying moves by a factor, premium currency; NaN where the record does not tell. */
function premiumChange(
  { columns }: Batch<"options">,
  row: number,
  { at, index }: { at: number; index: number },
): number {
  const right: Right | undefined =
    columns.right[row] === CALL ? 1 : columns.right[row] === PUT ? -1 : undefined;
  const underlying = columns.underlyingPrice[row] ?? Number.NaN;
  const strike = columns.strike[row] ?? Number.NaN;
  const volatility = columns.markIv[row] ?? Number.NaN;
  const years = ((columns.expiry[row] ?? Number.NaN) - at) / MICROS_PER_YEAR;
  if (right === undefined || !(underlying > 0 && strike > 0 && volatility > 0 && years > 0)) {
    return Number.NaN;
  }
  const premium = (price: number): number =>
    inversePremium(black76({ right, underlying: price, strike, years, volatility }), price);
  return premium(underlying * index) - premium(underlying);
}

type OptionColumn =
  | "bidPrice"
  | "askPrice"
  | "lastPrice"
  | "markPrice"
  | "underlyingPrice"
  | "indexPrice";

/** Writes the row of an option whose premium changes by `change`, premium currency. */
function moveOption(
  { columns: recorded, instrument }: Batch<"options">,
  row: number,
  columns: Batch<"options">["columns"],
  { change, index }: { change: number; index: number },
): void {
  const write = (name: OptionColumn, value: number): void => {
    columns[name][row] = value;
  };
  const read = (name: OptionColumn): number => recorded[name][row] ?? Number.NaN;
  const tick = decimalToNumber(instrument.tick);
  const quote = (ticks: number): number =>
    change === 0 ? ticks : Math.round((stepsToNumber(ticks, instrument.tick) + change) / tick);
  const moved = quote(read("bidPrice"));
  const bid = moved >= 1 || change === 0 ? moved : Number.NaN;
  const ask = quote(read("askPrice"));
  write("bidPrice", bid);
  write("askPrice", change === 0 ? ask : Math.max(ask, 1, Number.isNaN(bid) ? 1 : bid + 1));
  write("lastPrice", Math.max(0, read("lastPrice") + change));
  write("markPrice", Math.max(0, read("markPrice") + change));
  write("underlyingPrice", read("underlyingPrice") * index);
  write("indexPrice", read("indexPrice") * index);
}
