import { DataError } from "@aftershock/schema";
import type { FileHead, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import { isHeader, readCsvTable } from "../read/csvTable.ts";
import { emitRecord, type Emit, type RecordReader } from "../read/emitRecords.ts";
import {
  arrayField,
  countField,
  isArray,
  isObject,
  parseJson,
  type JsonObject,
} from "../read/jsonFields.ts";
import { utcField } from "../read/utcTime.ts";
import { isBookLine, readBook } from "./hyperliquidBook.ts";
import { HYPERLIQUID, hyperliquidTerms } from "./hyperliquidCoins.ts";
import { ASSET_CONTEXTS, assetContexts } from "./hyperliquidContexts.ts";
import { readNodeFill, type FillRows, type Receipt } from "./hyperliquidFill.ts";
import { isNodeTrade, readNodeTrade } from "./hyperliquidTrade.ts";

function emitFill(sink: RowSink, rows: FillRows): void {
  const { symbol, fill, trade, liquidation, offBook, methodAssumed } = rows;
  sink.row("fills", HYPERLIQUID, symbol, fill);
  if (trade !== undefined) sink.row("trades", HYPERLIQUID, symbol, trade);
  if (liquidation !== undefined) sink.row("liquidations", HYPERLIQUID, symbol, liquidation);
  if (offBook) sink.note("fills", HYPERLIQUID, symbol, "offBook");
  if (methodAssumed) sink.note("liquidations", HYPERLIQUID, symbol, "methodAssumed");
}

const readEvent = (event: unknown, receipt: Receipt): readonly FillRows[] =>
  isNodeTrade(event) ? readNodeTrade(event, receipt) : [readNodeFill(event, receipt)];

/** The lines of the node's files and of the archive of books. */
class NodeLines implements RecordReader {
  private readonly sink: RowSink;

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  read(record: SourceLine): Emit {
    const value = parseJson(record.text);
    const receipt = { tsRecv: undefined, line: record.number };
    if (isArray(value)) return this.fills([readNodeFill(value, receipt)]);
    if (!isObject(value))
      throw new DataError("the line is neither a fill, a block of them nor a book");
    if (isBookLine(value)) return this.book(value, record.number);
    if (isNodeTrade(value)) return this.fills(readNodeTrade(value, receipt));
    return this.block(value, record);
  }

  private block(value: JsonObject, record: SourceLine): Emit {
    const events = arrayField(value, "events");
    countField(value, "block_number");
    if (events.length === 0) return () => this.sink.skip(record, "block without a fill");
    const receipt = { tsRecv: utcField(value, "local_time"), line: record.number };
    return this.fills(events.flatMap((event) => readEvent(event, receipt)));
  }

  private fills(rows: readonly FillRows[]): Emit {
    return () => {
      for (const row of rows) emitFill(this.sink, row);
    };
  }

  private book(value: JsonObject, line: number): Emit {
    const { symbol, rows } = readBook(value, line);
    return () => {
      this.sink.note("book", HYPERLIQUID, symbol, "depthLimited");
      for (const row of rows) this.sink.row("book", HYPERLIQUID, symbol, row);
    };
  }
}

async function firstLine(file: SourceFile): Promise<string> {
  for await (const [first] of file.lines()) if (first !== undefined) return first.text;
  return "";
}

async function read(file: SourceFile, sink: RowSink): Promise<void> {
  if ((await firstLine(file)).startsWith("time,")) {
    await readCsvTable(file, sink, [ASSET_CONTEXTS], () => assetContexts(sink));
    return;
  }
  const reader = new NodeLines(sink);
  let lines = 0;
  for await (const batch of file.lines()) {
    for (const line of batch) {
      lines += 1;
      if (line.text.trim() === "") sink.skip(line, "blank line");
      else emitRecord(sink, line, reader);
    }
  }
  if (lines > 0) return;
  throw new DataError(`${file.name}: the file holds no line`, { hints: ["Fetch it again."] });
}

const FILL = /^\["0x[0-9a-fA-F]{40}", ?\{/;
const BOOK = /^\{"time": ?"[^"]{1,40}", ?(?:"ver_num": ?\d+, ?)?"raw": ?\{"channel": ?"l2Book"/;

/** A block may be of other events; an empty one, or one whose first event is a fill or a trade, is certain. */
const isBlock = (text: string): boolean =>
  text.startsWith('{"') &&
  /"block_number": ?\d+/.test(text) &&
  /"events": ?\[(?:\]|\["0x[0-9a-fA-F]{40}", ?\{"coin"|\{"coin"[^}]*"side_info")/.test(text);

function recognises({ text }: FileHead): boolean {
  if (isHeader(text, ASSET_CONTEXTS)) return true;
  const start = text.slice(0, 2_000);
  const trade = start.startsWith('{"coin"') && start.includes('"side_info"');
  return FILL.test(start) || BOOK.test(start) || trade || isBlock(start);
}

/**
 * Hyperliquid's public archives (buckets hl-mainnet-node-data and hyperliquid-archive), lz4:
 *
 * | file | rows | tsEvent | tsRecv |
 * |---|---|---|---|
 * | `node_fills_by_block` | `fills` of both sides; `trades` once each; `liquidations` | `time` of the fill: its block, ms | `local_time` of the node |
 * | `node_fills` | the same | the same | none |
 * | `node_trades` | the same, without ids, fees and profits | `time` | none |
 * | `l2Book` | `book`: each line a snapshot of twenty levels a side | `time` of the data, ms | `time` of the line |
 * | `asset_ctxs` | `tickers`, `measures` | `time` | none |
 *
 * A trade stands in a file as two fills with one `tid`: both are rows of `fills`; that which crossed (`crossed`) is the aggressor's
 * and gives the row of `trades`. What changed hands off the book (auto-deleveraging, a backstop, a netting of vaults, a settlement)
 * has no row in `trades`, is counted as `offBook` and says so by `cause`. A fill of the liquidated account is a row of
 * `liquidations`, by the venue's word to the market or a backstop; one of a deleveraged account too, as ADL; the counterparty's is
 * not. `side` is what the forced account did.
 *
 * Times without a zone are UTC. Hours of the archives are cut by when blocks were processed, so that a file may begin with fills of
 * the hour before; both archives of fills hold 2025-07-27 08:00. Books are known to have gaps, which no field shows.
 */
export const hyperliquid: Source = {
  name: "hyperliquid",
  version: 1,
  recognises,
  createReader: () => ({ read }),
  terms: hyperliquidTerms,
};
