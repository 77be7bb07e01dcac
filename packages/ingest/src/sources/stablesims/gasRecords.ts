import { DataError } from "@aftershock/schema";
import type { RawRow, RowSink, SourceFile, SourceLine } from "../../source.ts";
import type { Emit, RecordReader } from "../read/emitRecords.ts";
import {
  countField,
  isObject,
  parseJson,
  realOf,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { formatInterval, StepCounter } from "../read/barInterval.ts";
import { parseUtcTime, utcField } from "../read/utcTime.ts";

/** The chain whose gas it is. */
export const GAS_VENUE = "ethereum";

/** Percentiles of intervals of one length are a series of their own: `GAS@10m`. */
export const gasSymbol = (interval: number | undefined): string =>
  interval === undefined ? "GAS" : `GAS@${formatInterval(interval)}`;

const WEI_PER_GWEI = 1e9;

const PERCENTILES: readonly (readonly [field: string, percentile: number])[] = [
  ["30.0 Perc", 30],
  ["60.0 Perc", 60],
  ["90.0 Perc", 90],
  ["100.0 Perc", 100],
];

/** A price in wei, in gwei; undefined where the interval had no transaction. */
function gweiField(data: JsonObject, name: string): number | undefined {
  const value = data[name];
  if (value === null) return undefined;
  const wei = realOf(value, name);
  if (wei < 0) throw wrongField(name, value, "a price of zero or more");
  return wei / WEI_PER_GWEI;
}

interface GasInterval {
  readonly at: number;
  readonly transactions: number;
  readonly average: number | undefined;
  readonly percentiles: readonly Pick<RawRow<"gas">, "gasPriceGwei" | "percentile">[];
}

function readInterval(text: string): GasInterval {
  const data = parseJson(text);
  if (!isObject(data)) throw new DataError("the record is no object");
  const transactions = countField(data, "doc_count");
  const average = gweiField(data, "avgGasDay");
  const percentiles = PERCENTILES.flatMap(([name, percentile]) => {
    const gasPriceGwei = gweiField(data, name);
    return gasPriceGwei === undefined ? [] : [{ gasPriceGwei, percentile }];
  });
  const prices = percentiles.length + (average === undefined ? 0 : 1);
  if (prices !== (transactions === 0 ? 0 : PERCENTILES.length + 1)) {
    throw new DataError(`${prices} prices of ${transactions} transactions, not all or none`);
  }
  return { at: utcField(data, "timestamp"), transactions, average, percentiles };
}

/** How far apart most records are, µs. The name does not tell: the long run that is called hourly is daily. */
export async function gasInterval(
  file: SourceFile,
  recordsOf: (file: SourceFile) => AsyncIterable<readonly SourceLine[]>,
): Promise<number | undefined> {
  const steps = new StepCounter();
  for await (const records of recordsOf(file)) {
    for (const { text } of records) {
      const [, stamp = ""] = /"timestamp"\s*:\s*"([^"]*)"/.exec(text) ?? [];
      const at = parseUtcTime(stamp);
      if (at !== undefined) steps.add(at);
    }
  }
  return steps.mostCommon();
}

/** Reads gas prices; see `stablesims`. `intervalMicros`: the length of an interval, µs. */
export function gasReader(sink: RowSink, intervalMicros: number | undefined): RecordReader {
  const symbol = gasSymbol(intervalMicros);
  return {
    read: (record): Emit => {
      const { at, transactions, average, percentiles } = readInterval(record.text);
      const origin = { line: record.number, tsEvent: at };
      return () => {
        for (const percentile of percentiles) {
          sink.row("gas", GAS_VENUE, symbol, { ...origin, ...percentile });
        }
        const figure = (measure: string, value: number): void =>
          sink.row("measures", GAS_VENUE, symbol, { ...origin, measure, value, intervalMicros });
        if (average !== undefined) figure("averageGasPriceGwei", average);
        figure("transactions", transactions);
      };
    },
  };
}
