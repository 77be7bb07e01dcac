import type {
  FileHead,
  ReadHints,
  RowSink,
  Source,
  SourceFile,
  SourceLine,
  SourceReader,
} from "../../source.ts";
import { isDatabentoCsv, readDatabentoCsv } from "./databentoCsv.ts";
import { readDbn } from "./databentoDbn.ts";
import { databentoTerms } from "./databentoInstrument.ts";
import type { OpenOrders } from "./databentoWriter.ts";
import { dbnRecords } from "./dbnRecords.ts";

const isDbn = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 3)).toString("latin1") === "DBN";

/** Whether a file is binary; otherwise it is CSV. */
async function isDbnFile(file: SourceFile): Promise<boolean> {
  const head: number[] = [];
  for await (const chunk of file.bytes()) {
    head.push(...chunk.subarray(0, 3));
    if (head.length >= 3) break;
  }
  return isDbn(Uint8Array.from(head));
}

class DatabentoReader implements SourceReader {
  private readonly hints: ReadHints;
  private readonly orders: OpenOrders = new Map();

  constructor(hints: ReadHints) {
    this.hints = hints;
  }

  async read(file: SourceFile, sink: RowSink): Promise<void> {
    const read = (await isDbnFile(file)) ? readDbn : readDatabentoCsv;
    return read(file, sink, this.hints, this.orders);
  }
}

async function* recordsOf(file: SourceFile): AsyncGenerator<readonly SourceLine[]> {
  yield* (await isDbnFile(file)) ? dbnRecords(file) : file.lines();
}

const recognises = ({ bytes, text }: FileHead): boolean =>
  (isDbn(bytes) && (bytes[3] ?? 0) > 0 && (bytes[3] ?? 0) < 0x20) || isDatabentoCsv(text);

/**
 * Files of Databento: DBN of versions 1 to 3, and CSV, which its first line or first bytes tell apart.
 *
 * | schema | stream | notes |
 * |---|---|---|
 * | mbo | `orders` | actions A, C, M, R; see `DatabentoOrders` |
 * | mbo, action T | `trades` | fills (F) of resting orders are skipped: they are in the trades |
 * | mbp-10 | `book` | ten levels: a snapshot a file and UTC day, then changes; see `DatabentoBook` |
 * | mbp-10, mbp-1, tbbo, trades, action T | `trades` | |
 * | mbp-1 | `quotes` | tbbo shows the quote before the trade, which is not stored |
 *
 * `tsEvent` is `ts_event`, when the venue's matching engine received or published it; `tsRecv` is `ts_recv`, when the vendor
 * captured the packet; both ns, rounded down to µs. In a snapshot `ts_event` is when the order was last changed and `ts_recv` when the
 * snapshot was made, of which the flag F_BAD_TS_RECV warns (note `badTsRecv`); F_MAYBE_BAD_BOOK, a gap in the venue's channel, is the
 * note `maybeBadBook`. F_LAST ends a message. Trades have no id in this format. Sizes are whole units.
 *
 * The venue is the dataset in lower case with a hyphen for its point (`glbx-mdp3`). The symbol is the one that the metadata, a symbol
 * mapping record or the column `symbol` give the numeric instrument id at that time, spaces, slashes and colons as hyphens; the number
 * itself where they give none or the same to several.
 * Source: databento.com/docs, "Databento Binary Encoding", "Schemas", "MBO snapshots", 2025.
 */
export const databento: Source = {
  name: "databento",
  version: 1,
  recognises,
  continues: true,
  records: recordsOf,
  createReader: (hints) => new DatabentoReader(hints),
  terms: databentoTerms,
};
