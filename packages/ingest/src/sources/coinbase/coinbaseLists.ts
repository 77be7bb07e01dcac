import { BUY, DataError, MICROS_PER_SECOND, SELL } from "@aftershock/schema";
import type { RawRow, RowSink, SourceLine } from "../../source.ts";
import { formatInterval, StepCounter } from "../read/barInterval.ts";
import type { Emit } from "../read/emitRecords.ts";
import { InstantOrder } from "../read/instantOrder.ts";
import {
  choiceField,
  countField,
  decimalOf,
  priceOf,
  realOf,
  timeOf,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { utcField } from "../read/utcTime.ts";
import { VENUE } from "./coinbaseMarket.ts";

type Bar = RawRow<"candles"> & { readonly tsEvent: number };

/**
 * The trades and bars of one document of Coinbase's exchange API, newest first as it sends them. The API does not say how long a
 * bar is: it is how far most are apart.
 */
export class CoinbaseLists {
  private readonly sink: RowSink;
  private readonly product: () => string;
  private readonly order = new InstantOrder();
  private readonly bars: Bar[] = [];

  constructor(sink: RowSink, product: () => string) {
    this.sink = sink;
    this.product = product;
  }

  /**
   * Reads a trade. `side` is that of the order that rested: the taker's is the other one. Source: docs.cdp.coinbase.com, Exchange
   * REST API, "Get product trades", as of 2026-07.
   */
  readTrade(object: JsonObject, record: SourceLine): Emit {
    const id = countField(object, "trade_id");
    const size = decimalOf(object["size"], "size");
    if (size.mantissa <= 0) throw wrongField("size", object["size"], "above zero");
    const trade = {
      line: record.number,
      tsEvent: utcField(object, "time"),
      tradeId: String(id),
      side: choiceField(object, "side", [
        ["buy", SELL],
        ["sell", BUY],
      ]),
      price: priceOf(object["price"], "price"),
      size,
    };
    const symbol = this.product();
    const emit = (): void => this.sink.row("trades", VENUE, symbol, trade);
    return () => {
      this.order.add({ at: trade.tsEvent, id, emit });
    };
  }

  /** Reads a bar, `[seconds, low, high, open, close, volume]`: not the usual order. */
  readBar(values: readonly unknown[], record: SourceLine): Emit {
    if (values.length !== 6) throw new DataError(`the bar has ${values.length} values, not 6`);
    const [at, low, high, open, close, volume] = values;
    const bar: Bar = {
      line: record.number,
      tsEvent: timeOf(at, "the time", "seconds"),
      open: priceOf(open, "open"),
      high: priceOf(high, "high"),
      low: priceOf(low, "low"),
      close: priceOf(close, "close"),
      volume: realOf(volume, "volume"),
    };
    this.product();
    return () => {
      this.bars.push(bar);
    };
  }

  /** Writes what waited for the end of the document. */
  end(): void {
    this.order.flush();
    if (this.bars.length === 0) return;
    const sorted = this.bars.toSorted((a, b) => a.tsEvent - b.tsEvent);
    const steps = new StepCounter();
    for (const { tsEvent } of sorted) steps.add(tsEvent);
    const intervalMicros = steps.mostCommon();
    const isTold = intervalMicros !== undefined && intervalMicros >= MICROS_PER_SECOND;
    this.sink.dataset(isTold ? `bars-${formatInterval(intervalMicros)}` : "bars");
    for (const bar of sorted) {
      this.sink.row("candles", VENUE, this.product(), { ...bar, intervalMicros });
    }
  }
}
