import { micros, type EventStream, type Micros, type StreamName } from "@aftershock/schema";
import { BookFeatures } from "./bookFeatures.ts";
import { featureColumns } from "./featureColumns.ts";
import {
  BOOK_DOCS,
  type FeatureDoc,
  LIQUIDATION_DOCS,
  TICKER_DOCS,
  TRADE_DOCS,
} from "./featureDocs.ts";
import type { FeatureGroup } from "./featureGroup.ts";
import type { FeatureTable } from "./featureTable.ts";
import { levelsStream } from "../replayedBook.ts";
import { LiquidationFeatures } from "./liquidationFeatures.ts";
import { TickerFeatures } from "./tickerFeatures.ts";
import { TradeFeatures } from "./tradeFeatures.ts";

/** Whether a stream of an instrument (`venue:SYMBOL`) was recorded at all in the bar that starts at `start`, µs. */
export type IsRecorded = (stream: StreamName, instrument: string, start: Micros) => boolean;

/** How bars are made of streams. */
export interface BarShape {
  /** Length of a bar, µs. */
  readonly every: number;
  /** Levels a side. */
  readonly depth: number;
  readonly isRecorded: IsRecorded;
}

/** All columns of one instrument: what its streams tell, group by group; absent where there is no such stream. */
export class InstrumentFeatures {
  readonly id: string;
  /** The stream that its levels are read from. */
  readonly levels: "book" | "orders" | undefined;
  readonly book: BookFeatures | undefined;
  readonly trades: TradeFeatures | undefined;
  readonly liquidations: LiquidationFeatures | undefined;
  readonly tickers: TickerFeatures | undefined;
  readonly #shape: BarShape;
  readonly #simulated: boolean;
  readonly #groups: readonly {
    readonly stream: StreamName;
    readonly columns: number;
    readonly group: FeatureGroup | undefined;
  }[];

  /** `streams` are those of the instrument `id`. */
  constructor(id: string, streams: readonly EventStream[], shape: BarShape) {
    const of = (name: StreamName): EventStream | undefined =>
      streams.find(({ stream }) => stream === name);
    const levels = levelsStream(streams);
    const book = levels && of(levels);
    const [trades, liquidations] = [of("trades"), of("liquidations")];
    this.id = id;
    this.levels = levels;
    // Each by the grid of its own stream: where grids are inferred from the recording, they may differ.
    this.book = book && new BookFeatures(book.instrument, shape);
    this.trades = trades && new TradeFeatures(trades.instrument);
    this.liquidations = liquidations && new LiquidationFeatures(liquidations.instrument);
    this.tickers = of("tickers") && new TickerFeatures();
    this.#shape = shape;
    this.#simulated = streams.some(({ simulated }) => simulated);
    const columnsOf = (docs: readonly FeatureDoc[]): number =>
      featureColumns(shape.depth, docs).length;
    this.#groups = [
      { stream: levels ?? "book", columns: columnsOf(BOOK_DOCS), group: this.book },
      { stream: "trades", columns: columnsOf(TRADE_DOCS), group: this.trades },
      { stream: "liquidations", columns: columnsOf(LIQUIDATION_DOCS), group: this.liquidations },
      { stream: "tickers", columns: columnsOf(TICKER_DOCS), group: this.tickers },
    ];
  }

  /** Puts the row of the bar that starts at `start`, µs. */
  endBar(table: FeatureTable, start: Micros): void {
    const end = micros(start + this.#shape.every);
    table.startRow(this.id);
    table.put(start);
    for (const { stream, columns, group } of this.#groups) {
      if (group === undefined) {
        table.skip(columns);
        continue;
      }
      // What nobody recorded is absent; what was told all the same is told.
      const isAbsent = group.isIdle && !this.#shape.isRecorded(stream, this.id, start);
      const { column } = table;
      group.endBar(table, end);
      if (isAbsent) table.eraseFrom(column);
    }
    table.put(this.#simulated ? 1 : 0);
    table.endRow();
  }
}
