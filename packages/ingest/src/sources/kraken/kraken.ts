import { DataError } from "@aftershock/schema";
import { fileHead } from "../../files/fileHead.ts";
import type { FileHead, ReadHints, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import { emitRecord, type Emit } from "../read/emitRecords.ts";
import { jsonElements } from "../read/jsonElements.ts";
import { isArray, isObject, parseJson } from "../read/jsonFields.ts";
import { readPlainTable } from "../read/plainTable.ts";
import { toldVenue } from "../read/toldVenue.ts";
import { FUTURES, krakenPair, krakenTerms, SPOT } from "./krakenPairs.ts";
import { openKrakenTable } from "./krakenTables.ts";
import { readFuturesExecution, readSpotTrade } from "./krakenTrades.ts";

/** The key of the trades in a reply of the spot API is the pair. */
const PAIR_KEY = /"result"\s*:\s*\{(?:\s*"last"\s*:\s*"\d*"\s*,)?\s*"([^"]{1,40})"\s*:\s*\[/;
const SPOT_TRADE =
  /\[\s*"[\d.]+"\s*,\s*"[\d.]+"\s*,\s*\d{9,10}(?:\.\d+)?\s*,\s*"[bs]"\s*,\s*"[ml]"\s*,/;

const isExecutions = (head: string): boolean =>
  ["elements", "Execution", "takerOrder", "makerOrder"].every((key) => head.includes(`"${key}"`));

/** Where the trades of a document lie; undefined for a table. Throws DataError for another document. */
function pathOf(file: SourceFile, head: string): readonly string[] | undefined {
  if (!/^\s*[[{]/.test(head)) return undefined;
  if (/^\s*\{[^[]*"elements"\s*:/.test(head) || isExecutions(head)) return ["elements"];
  if (PAIR_KEY.test(head)) return ["result", "*"];
  throw new DataError(
    `${file.name}: begins with ${JSON.stringify(head.slice(0, 80))}, which is no reply of Kraken's API that is read here`,
    { hints: ["Read are Trades of the spot API and executions of the futures' market history."] },
  );
}

async function* krakenRecords(file: SourceFile): AsyncGenerator<readonly SourceLine[]> {
  const path = pathOf(file, (await fileHead(file)).text);
  yield* path === undefined ? file.lines() : jsonElements(file, path);
}

function spotPair(file: SourceFile, head: string): string {
  const key = PAIR_KEY.exec(head)?.[1] ?? "";
  const pair = krakenPair(key);
  if (pair !== undefined) return pair;
  throw new DataError(`${file.name}: "${key}" is not a pair`, { hints: ["Fetch it again."] });
}

async function readReply(
  file: SourceFile,
  sink: RowSink,
  head: string,
  hints: ReadHints,
): Promise<void> {
  const isSpot = pathOf(file, head)?.[0] === "result";
  toldVenue(file.name, isSpot ? SPOT : FUTURES, hints);
  const pair = isSpot ? spotPair(file, head) : "";
  sink.dataset("trades");
  const read = (record: SourceLine): Emit => {
    const value = parseJson(record.text);
    if (isSpot && isArray(value)) return readSpotTrade(sink, value, record, pair);
    if (!isSpot && isObject(value)) return readFuturesExecution(sink, value, record);
    throw new DataError(`the record is no ${isSpot ? "list of a trade's values" : "execution"}`);
  };
  for await (const records of krakenRecords(file)) {
    for (const record of records) emitRecord(sink, record, { read });
  }
}

/** Tables of numbers without a header could be anyone's: an analyst names the source then. */
function recognises({ text }: FileHead): boolean {
  return isExecutions(text) || (PAIR_KEY.test(text) && SPOT_TRADE.test(text));
}

/**
 * Kraken: replies of its public API, and its downloadable history.
 *
 * | file | rows | tsEvent |
 * |---|---|---|
 * | Trades of the spot API | `trades` of `kraken` | when it was traded |
 * | executions of the futures' market history | `trades`, `liquidations`, `tickers`: mark, of `kraken-futures` | the execution's `timestamp` |
 * | time and sales, `XBTUSD.csv` | `trades` of unknown side | when it was traded |
 * | OHLCVT, `XBTUSD_1.csv` (minutes) | `candles` | when the bar opens |
 *
 * A pair is written XBT-USD. Both kinds of spot trades are one data set: they displace each other where they cover the same time.
 */
export const kraken: Source = {
  name: "kraken",
  version: 1,
  recognises,
  createReader: (hints) => ({
    read: async (file, sink) => {
      const head = (await fileHead(file)).text;
      if (pathOf(file, head) !== undefined) await readReply(file, sink, head, hints);
      else {
        toldVenue(file.name, SPOT, hints);
        await readPlainTable(file, sink, ({ text }) => openKrakenTable(file, sink, hints, text));
      }
    },
  }),
  records: krakenRecords,
  terms: krakenTerms,
};
