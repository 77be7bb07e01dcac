import { DataError } from "@aftershock/schema";
import type { SourceFile, SourceLine } from "../../source.ts";
import {
  DBN_PRELUDE_BYTES,
  readDbnMetadata,
  readDbnPrelude,
  type DbnMetadata,
} from "./dbnMetadata.ts";

/** Bytes of the header that every record starts with. */
const HEADER_BYTES = 16;
/** The length of a record is said in words of that many bytes. */
const WORD_BYTES = 4;

/** A record of a DBN file: its number from 1, and its bytes in hexadecimal as its text. */
export class DbnRecord implements SourceLine {
  readonly number: number;
  readonly bytes: Buffer;

  constructor(number: number, bytes: Buffer) {
    this.number = number;
    this.bytes = bytes;
  }

  /** Made when it is asked for: only a bad record is. */
  get text(): string {
    return this.bytes.toString("hex");
  }
}

/** Cuts the chunks of a DBN file into its records. */
export class DbnCutter {
  private readonly fileName: string;
  /** What came and was not cut yet. */
  private pieces: Uint8Array[] = [];
  private held = 0;
  /** How much must be held to go on. Bytes. */
  private needed = DBN_PRELUDE_BYTES;
  private number = 0;
  private found: DbnMetadata | undefined;

  constructor(fileName: string) {
    this.fileName = fileName;
  }

  /** Undefined until all of them came. */
  get metadata(): DbnMetadata | undefined {
    return this.found;
  }

  /** The records that a chunk completes. Throws DataError where the file cannot be cut any further. */
  cut(chunk: Uint8Array): readonly DbnRecord[] {
    this.pieces.push(chunk);
    this.held += chunk.length;
    if (this.held < this.needed) return [];
    let bytes: Buffer = Buffer.concat(this.pieces);
    if (this.found === undefined) {
      this.needed = DBN_PRELUDE_BYTES + readDbnPrelude(bytes, this.fileName);
      if (bytes.length >= this.needed) bytes = this.takeMetadata(bytes);
    }
    const records = this.found === undefined ? [] : this.cutRecords(bytes);
    const cut = records.reduce((sum, record) => sum + record.bytes.length, 0);
    this.pieces = [bytes.subarray(cut)];
    this.held = bytes.length - cut;
    return records;
  }

  /** The file is over. Throws DataError when it ends within its metadata or a record. */
  end(): void {
    if (this.found === undefined) {
      readDbnPrelude(Buffer.concat(this.pieces), this.fileName);
      throw this.damaged("it ends before its first record");
    }
    if (this.held > 0) throw this.damaged(`it ends within record ${this.number + 1}`);
  }

  /** Returns what follows the metadata. */
  private takeMetadata(bytes: Buffer): Buffer {
    const metadata = bytes.subarray(DBN_PRELUDE_BYTES, this.needed);
    this.found = readDbnMetadata(metadata, bytes.readUInt8(3), this.fileName);
    const rest = bytes.subarray(this.needed);
    this.needed = 1;
    return rest;
  }

  private cutRecords(bytes: Buffer): readonly DbnRecord[] {
    const records: DbnRecord[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = bytes.readUInt8(at) * WORD_BYTES;
      if (length < HEADER_BYTES) {
        throw this.damaged(`record ${this.number + 1} is ${length} bytes long, less than a header`);
      }
      if (length > bytes.length - at) break;
      this.number += 1;
      records.push(new DbnRecord(this.number, bytes.subarray(at, at + length)));
      at += length;
    }
    return records;
  }

  private damaged(what: string): DataError {
    return new DataError(`${this.fileName}: the DBN data is damaged: ${what}`, {
      hints: ["Fetch the file again. Nothing of it was stored."],
    });
  }
}

/** The records of a DBN file. Throws DataError as `DbnCutter` does. */
export async function* dbnRecords(file: SourceFile): AsyncGenerator<readonly DbnRecord[]> {
  const cutter = new DbnCutter(file.name);
  for await (const chunk of file.bytes()) yield cutter.cut(chunk);
  cutter.end();
}
