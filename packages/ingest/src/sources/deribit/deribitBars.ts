import { DataError, decimalToNumber } from "@aftershock/schema";
import type { RawRow, RowSink, SourceLine } from "../../source.ts";
import { formatInterval, StepCounter } from "../read/barInterval.ts";
import type { Emit } from "../read/emitRecords.ts";
import { decimalOf, realOf, timeOf } from "../read/jsonFields.ts";
import { RecentLines } from "../read/recentLines.ts";
import { VENUE } from "./deribitMarket.ts";

type Bar = Omit<RawRow<"candles">, "intervalMicros"> & { readonly tsEvent: number };

/** Reads `[ms, close]`, `[ms, open, high, low, close]` or the same with volume and cost. */
function readBar(values: readonly unknown[], record: SourceLine): Bar {
  const [at, ...rest] = values;
  const [first, high = first, low = first, close = first, volume, cost] = rest;
  if (![2, 5, 7].includes(values.length)) {
    throw new DataError(`the bar has ${values.length} values, not 2, 5 or 7`);
  }
  const traded =
    values.length === 7
      ? { volume: realOf(volume, "volume"), quoteVolume: realOf(cost, "cost") }
      : {};
  return {
    line: record.number,
    tsEvent: timeOf(at, "the time", "millis"),
    open: decimalOf(first, "open"),
    high: decimalOf(high, "high"),
    low: decimalOf(low, "low"),
    close: decimalOf(close, "close"),
    ...traded,
  };
}

function isOrdered({ open, high, low, close }: Bar): boolean {
  const inside = [open, close].map(decimalToNumber);
  return (
    decimalToNumber(low) <= Math.min(...inside) && decimalToNumber(high) >= Math.max(...inside)
  );
}

/**
 * The bars of one document: of an instrument's trades, volume in the base and `cost` in the quote currency, or of the volatility
 * index, whose prices are percent a year. The API does not say how long a bar is: it is how far most are apart, and unknown where
 * there is only one. A bar with nothing but its close has it four times and is counted as `closeOnly`.
 */
export class DeribitBars {
  private readonly sink: RowSink;
  private readonly symbol: () => string;
  private readonly bars: Bar[] = [];
  private readonly seen = new RecentLines();
  private closeOnly = 0;

  constructor(sink: RowSink, symbol: () => string) {
    this.sink = sink;
    this.symbol = symbol;
  }

  read(values: readonly unknown[], record: SourceLine): Emit {
    const bar = readBar(values, record);
    this.symbol();
    return () => {
      if (this.seen.repeats(record.text)) {
        this.sink.skip(record, "duplicate record");
        return;
      }
      this.bars.push(bar);
      if (values.length === 2) this.closeOnly += 1;
    };
  }

  /** Writes the bars: only now is their length known. */
  end(): void {
    if (this.bars.length === 0) return;
    const steps = new StepCounter();
    for (const { tsEvent } of this.bars) steps.add(tsEvent);
    const interval = steps.mostCommon();
    const symbol = this.symbol();
    this.sink.dataset(interval === undefined ? "bars" : `bars-${formatInterval(interval)}`);
    for (const bar of this.bars) {
      this.sink.row("candles", VENUE, symbol, { ...bar, intervalMicros: interval });
      if (!isOrdered(bar)) this.sink.note("candles", VENUE, symbol, "badOhlc");
    }
    if (this.closeOnly > 0) {
      this.sink.note("candles", VENUE, symbol, "closeOnly", this.closeOnly);
    }
  }
}
