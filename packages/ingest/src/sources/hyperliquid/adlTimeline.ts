import { DataError, MICROS_PER_SECOND } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { Emit, RecordReader } from "../read/emitRecords.ts";
import { arrayField, countField, isObject, parseJson } from "../read/jsonFields.ts";
import { utcField } from "../read/utcTime.ts";
import { ALL_MARKETS, HYPERLIQUID } from "./hyperliquidCoins.ts";

/** Seconds of a day: no event lasts longer. */
const MAX_SECONDS = 86_400;

function readSecond(entry: unknown, start: number): readonly RawRow<"measures">[] {
  if (!isObject(entry)) throw new DataError("timeline holds an entry that is no object");
  const second = countField(entry, "second");
  if (second >= MAX_SECONDS)
    throw new DataError(`second ${second} of the timeline is not within a day`);
  const origin = {
    line: 1,
    tsEvent: start + second * MICROS_PER_SECOND,
    intervalMicros: MICROS_PER_SECOND,
  };
  return [
    { ...origin, measure: "liquidationEvents", value: countField(entry, "liquidations") },
    { ...origin, measure: "adlEvents", value: countField(entry, "adls") },
  ];
}

/**
 * Reads the timeline of the event: liquidations and deleveraged positions in each second since its first liquidation, in seconds
 * that had any. The whole document is one record.
 */
export const adlTimeline = (sink: RowSink): RecordReader => ({
  read: (record): Emit => {
    const data = parseJson(record.text);
    if (!isObject(data)) throw new DataError("the document is no object");
    const start = utcField(data, "event_start");
    const rows = arrayField(data, "timeline").flatMap((entry) => readSecond(entry, start));
    if (rows.length === 0) throw new DataError("the timeline is empty");
    return () => {
      for (const row of rows) sink.row("measures", HYPERLIQUID, ALL_MARKETS, row);
    };
  },
});
