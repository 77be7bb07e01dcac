import type { FileHead, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import { isHeader, readCsvTable, type CsvHandler } from "../read/csvTable.ts";
import { emitRecord } from "../read/emitRecords.ts";
import { firstCharacter, wholeDocument } from "../read/fileRecords.ts";
import { adlFigures } from "./adlFigures.ts";
import { deleveragedPositions, finalPositions } from "./adlPositions.ts";
import { ADL_TABLES, type AdlTable } from "./adlTables.ts";
import { adlTimeline } from "./adlTimeline.ts";
import { hyperliquidTerms } from "./hyperliquidCoins.ts";

function handlerOf(sink: RowSink, table: AdlTable): CsvHandler {
  sink.dataset(table);
  if (table === "deleveraged positions") return deleveragedPositions(sink);
  if (table === "final positions") return finalPositions(sink);
  return adlFigures(sink, table);
}

/** A timeline is one document, a table has lines. */
async function* recordsOf(file: SourceFile): AsyncGenerator<readonly SourceLine[]> {
  const isDocument = (await firstCharacter(file)) === "{";
  yield* isDocument ? wholeDocument(file) : file.lines();
}

async function read(file: SourceFile, sink: RowSink): Promise<void> {
  if ((await firstCharacter(file)) !== "{") {
    await readCsvTable(file, sink, ADL_TABLES, (table) => handlerOf(sink, table));
    return;
  }
  sink.dataset("timeline");
  const reader = adlTimeline(sink);
  for await (const records of recordsOf(file)) {
    for (const record of records) emitRecord(sink, record, reader);
  }
}

function recognises({ text }: FileHead): boolean {
  const timeline = /^\s*\{\s*"event_start"\s*:/.test(text) && text.includes('"timeline"');
  return timeline || ADL_TABLES.some((table) => isHeader(text, table));
}

/**
 * What two analyses found out about Hyperliquid's auto-deleveraging of 10 October 2025, 21:15 to 21:27 UTC: HyperReplay and
 * HyperMultiAssetedADL (who was deleveraged, by how much, at what leverage) and Chitra et al. (waves, and what other rules would
 * have taken). All is derived, some from incomplete data: leverage divides by account values near zero.
 *
 * | table | rows | time |
 * |---|---|---|
 * | by user | `measures` of `hyperliquid:ACCOUNTS`, by account | the event |
 * | by coin, net volume, combined impact (its columns of liquidations; those of ADL repeat net volume) | `measures` of each coin | the event |
 * | outliers of high leverage | `liquidations` (ADL, side of the order that closed the account's position), `positions` as they were before; `measures`: equity and profit | the fill |
 * | final positions | `positions`; `measures`: realised profit, fills, whether liquidated or deleveraged | the event's end; the event |
 * | timeline (JSON) | `measures` of `hyperliquid:ALL`: events by second | the second, from the first liquidation |
 * | waves: losers, equity, policies | `measures` of `hyperliquid:ALL` | the wave |
 * | waves: gaps; shocks | `measures` of each coin | the wave; the shock |
 * | reactions | `measures` of `hyperliquid:ACCOUNTS`, by account | the event |
 *
 * Figures of the event have its start as `tsEvent` and its twelve minutes as `intervalMicros`; a wave that was one instant has no
 * interval. Sizes that were summed up in floats are brought back to eight decimals and counted as `sizeRounded`.
 */
export const hyperliquidAdl: Source = {
  name: "hyperliquid-adl",
  version: 1,
  recognises,
  createReader: () => ({ read }),
  records: recordsOf,
  terms: hyperliquidTerms,
};
