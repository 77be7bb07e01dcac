import { DataError } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { FileHead, ReadHints, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import { emitRecord, type RecordReader } from "../read/emitRecords.ts";
import { firstCharacter, linesOrElements } from "../read/fileRecords.ts";
import { gasInterval, gasReader } from "./gasRecords.ts";
import { poolReader } from "./poolRecords.ts";

const recordsOf = (file: SourceFile): AsyncIterable<readonly SourceLine[]> =>
  linesOrElements(file, "data");

async function open(file: SourceFile, sink: RowSink, hints: ReadHints): Promise<RecordReader> {
  const first = await firstCharacter(file);
  if (first === "{") {
    return gasReader(sink, await gasInterval(file, recordsOf));
  }
  if (first === "[") return poolReader(file, sink, hints);
  throw new DataError(
    `${file.name}: is neither a table of gas prices nor a list of balances, both JSON`,
    {
      hints: ["Check that the source named is the one this file comes from."],
    },
  );
}

async function read(file: SourceFile, sink: RowSink, hints: ReadHints): Promise<void> {
  const reader = await open(file, sink, hints);
  for await (const records of recordsOf(file)) {
    for (const record of records) emitRecord(sink, record, reader);
  }
}

const GAS = /^\s*\{\s*"schema"\s*:\s*\{\s*"fields"/;
const BALANCES = /^\s*\[\s*\{\s*"DAI"\s*:\s*[\d.eE+-]+\s*,\s*"WETH"\s*:/;

function recognises({ text }: FileHead): boolean {
  return BALANCES.test(text) || (GAS.test(text) && text.includes('"30.0 Perc"'));
}

/**
 * Data files of the StableSims project (Blockchain at Berkeley, 2021) beside its prices, which `candles` reads.
 *
 * | file | rows |
 * |---|---|
 * | gas prices, `{"schema", "data": [{timestamp, doc_count, …}]}` | `gas` of `ethereum:GAS@10m` (`@1m`, `@1d`, by the length of the intervals): one row for each of the percentiles 30, 60, 90 and 100 (the highest) of the prices paid in the interval, gwei; `measures`: `averageGasPriceGwei`, `transactions` |
 * | balances of a pool, `[{"DAI": …, "WETH": …}]` | `measures` of `ethereum:ETH-DAI-POOL`: `poolBalanceDAI`, … in tokens |
 *
 * `tsEvent` of gas is `timestamp`, the interval's start; `datetime` beside it has a clock of twelve hours without a.m. and p.m.
 * and is not read. An interval without a transaction has no price. Balances have no times: the first record is of 00:00 UTC of
 * the day in the file's name, each next one ten minutes later.
 */
export const stablesims: Source = {
  name: "stablesims",
  version: 1,
  recognises,
  createReader: (hints) => ({ read: (file, sink) => read(file, sink, hints) }),
  records: recordsOf,
  terms,
};
