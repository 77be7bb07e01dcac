import { DataError } from "@aftershock/schema";
import type { ReadHints, RowSink, SourceFile } from "../../source.ts";
import { emitRecord, type Emit, type RecordReader } from "../read/emitRecords.ts";
import { toldVenue } from "../read/toldVenue.ts";
import type { DatabentoEvent } from "./databentoEvent.ts";
import { symbolOf, venueOf } from "./databentoInstrument.ts";
import { DatabentoWriter, type OpenOrders } from "./databentoWriter.ts";
import {
  checkLength,
  orderIdOf,
  OTHER_RTYPES,
  readDbnEvent,
  readDbnLevels,
  readSymbolMapping,
  RTYPE_MBO,
  RTYPE_MBP_1,
  RTYPE_MBP_10,
  RTYPE_SYMBOL_MAPPING,
  RTYPE_TRADE,
} from "./dbnEvents.ts";
import type { DbnMetadata } from "./dbnMetadata.ts";
import { DbnCutter, type DbnRecord } from "./dbnRecords.ts";

/** The schema whose levels are those before the trade. */
const SCHEMA_TBBO = 3;

/** Reads the records of one DBN file. */
class DbnReader implements RecordReader {
  private readonly sink: RowSink;
  private readonly metadata: DbnMetadata;
  private readonly venue: string;
  private readonly writer: DatabentoWriter;
  private instrument: number | undefined;

  constructor(sink: RowSink, metadata: DbnMetadata, venue: string, writer: DatabentoWriter) {
    this.sink = sink;
    this.metadata = metadata;
    this.venue = venue;
    this.writer = writer;
  }

  read(record: DbnRecord): Emit {
    const rtype = record.bytes.readUInt8(1);
    this.instrument = record.bytes.readUInt32LE(4);
    switch (rtype) {
      case RTYPE_MBO:
        return this.writer.order(
          { ...this.eventOf(record), orderId: orderIdOf(record) },
          this.instrument,
        );
      case RTYPE_MBP_10:
        return this.writer.levels({ ...this.eventOf(record), ...readDbnLevels(record, 10) });
      case RTYPE_MBP_1: {
        const event = { ...this.eventOf(record), ...readDbnLevels(record, 1) };
        return this.writer.quote(event, this.metadata.schema === SCHEMA_TBBO);
      }
      case RTYPE_TRADE:
        return this.writer.trade(this.eventOf(record));
      case RTYPE_SYMBOL_MAPPING: {
        const symbol = readSymbolMapping(record, this.metadata.version);
        this.metadata.symbols.learn(this.instrument, symbol);
        return () => this.sink.skip(record, "symbol mapping");
      }
      default:
        return this.skipOther(record, rtype);
    }
  }

  lost(): void {
    this.writer.lost(this.instrument);
  }

  private eventOf(record: DbnRecord): DatabentoEvent {
    const event = readDbnEvent(record);
    const id = record.bytes.readUInt32LE(4);
    const raw = this.metadata.symbols.symbolAt(id, event.tsRecv ?? event.tsEvent ?? 0);
    const symbol = (raw === undefined ? undefined : symbolOf(this.venue, raw)) ?? String(id);
    return { ...event, line: record, venue: this.venue, symbol };
  }

  private skipOther(record: DbnRecord, rtype: number): Emit {
    const name = Object.hasOwn(OTHER_RTYPES, rtype) ? OTHER_RTYPES[rtype] : undefined;
    if (name === undefined) throw new DataError(`rtype is ${rtype}, not a type of record`);
    return () => this.sink.skip(record, `record of another kind: ${name}`);
  }
}

/** Reads a DBN file. Throws DataError when it cannot be cut into records. */
export async function readDbn(
  file: SourceFile,
  sink: RowSink,
  hints: ReadHints,
  orders: OpenOrders,
): Promise<void> {
  const cutter = new DbnCutter(file.name);
  const writer = new DatabentoWriter(sink, orders);
  let reader: DbnReader | undefined;
  for await (const chunk of file.bytes()) {
    const records = cutter.cut(chunk);
    const { metadata } = cutter;
    if (metadata === undefined) continue;
    if (reader === undefined) {
      const venue = toldVenue(file.name, venueOf(metadata.dataset, file.name), hints);
      reader = new DbnReader(sink, metadata, venue, writer);
    }
    for (const record of records) {
      checkLength(record, metadata.hasSendTime, file.name);
      emitRecord(sink, record, reader);
    }
  }
  cutter.end();
  writer.end();
}
