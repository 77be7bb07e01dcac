import { DataError } from "@aftershock/schema";
import { DatabentoSymbols } from "./databentoSymbols.ts";

/** Bytes before the metadata: `DBN`, the version, and how long the metadata are. */
export const DBN_PRELUDE_BYTES = 8;
/** Versions that are read: their market-by-order and market-by-price records are the same. */
const VERSIONS: readonly number[] = [1, 2, 3];
/** Bytes of the part of the metadata that is the same in every file. */
const FIXED_BYTES = 100;
/** Length of a symbol in version 1; later versions say it. Bytes. */
const SYMBOL_BYTES_V1 = 22;
/** More than the metadata of all options of the United States. Bytes. */
const MOST_METADATA_BYTES = 256 * 1024 * 1024;

/** The symbology type of numeric instrument ids. */
const BY_INSTRUMENT_ID = 0;

/** What the beginning of a DBN file says of its records. */
export interface DbnMetadata {
  readonly version: number;
  /** E.g. `GLBX.MDP3`. */
  readonly dataset: string;
  /** The number of the only schema of its records; 65535 where they may be of several. */
  readonly schema: number;
  /** Each record is followed by the time at which it was sent, 8 bytes. */
  readonly hasSendTime: boolean;
  readonly symbols: DatabentoSymbols;
}

const damaged = (fileName: string, what: string): DataError =>
  new DataError(`${fileName}: the DBN metadata ${what}`, { hints: ["Fetch the file again."] });

/** Reads the prelude: how long the metadata are, bytes. Throws DataError when the file is no DBN file, or one of another version. */
export function readDbnPrelude(bytes: Buffer, fileName: string): number {
  if (bytes.length < DBN_PRELUDE_BYTES || bytes.toString("latin1", 0, 3) !== "DBN") {
    throw new DataError(`${fileName}: is no DBN file, which starts with "DBN"`, {
      hints: ["Check that the source named is the one this file comes from."],
    });
  }
  const version = bytes.readUInt8(3);
  if (!VERSIONS.includes(version)) {
    throw new DataError(`${fileName}: is a DBN file of version ${version}, not 1, 2 or 3`, {
      hints: ["Ask the vendor for an earlier version, or for CSV."],
    });
  }
  const length = bytes.readUInt32LE(4);
  if (length < FIXED_BYTES || length > MOST_METADATA_BYTES) {
    throw damaged(fileName, `are ${length} bytes long, which cannot be`);
  }
  return length;
}

/** Takes the parts of the metadata one by one. */
class MetadataReader {
  private readonly bytes: Buffer;
  private readonly fileName: string;
  private at: number;
  private readonly symbolBytes: number;

  constructor(bytes: Buffer, fileName: string, symbolBytes: number) {
    this.bytes = bytes;
    this.fileName = fileName;
    this.at = FIXED_BYTES;
    this.symbolBytes = symbolBytes;
  }

  private take(length: number): Buffer {
    const part = this.bytes.subarray(this.at, this.at + length);
    if (part.length < length) throw damaged(this.fileName, "end early");
    this.at += length;
    return part;
  }

  count(): number {
    return this.take(4).readUInt32LE(0);
  }

  symbol(): string {
    return cText(this.take(this.symbolBytes));
  }

  /** Passes a list of symbols. */
  skipSymbols(): void {
    const count = this.count();
    this.take(count * this.symbolBytes);
  }
}

function cText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? bytes.length : end);
}

function readMappings(
  reader: MetadataReader,
  symbols: DatabentoSymbols,
  idsAreOutput: boolean,
): void {
  for (let left = reader.count(); left > 0; left -= 1) {
    const input = reader.symbol();
    for (let intervals = reader.count(); intervals > 0; intervals -= 1) {
      const [from, to] = [reader.count(), reader.count()];
      const output = reader.symbol();
      const [id, symbol] = idsAreOutput ? [output, input] : [input, output];
      symbols.map(id, symbol, { from, to });
    }
  }
}

/**
 * Reads the metadata of a DBN file, the prelude left out. Throws DataError when they are damaged.
 * Source: the DBN specification on databento.com, versions 1 to 3, 2025.
 */
export function readDbnMetadata(bytes: Buffer, version: number, fileName: string): DbnMetadata {
  // Version 1 also holds a number of records, so that what follows stands 8 bytes later.
  const afterTimes = version === 1 ? 50 : 42;
  const symbolBytes = version === 1 ? SYMBOL_BYTES_V1 : bytes.readUInt16LE(afterTimes + 3);
  if (symbolBytes === 0) throw damaged(fileName, "say that symbols have no length");
  const symbols = new DatabentoSymbols();
  const reader = new MetadataReader(bytes, fileName, symbolBytes);
  if (reader.count() !== 0) throw damaged(fileName, "hold a schema definition, which is not read");
  // The symbols asked for, those found on some days only, and those not found.
  for (let list = 0; list < 3; list += 1) reader.skipSymbols();
  const idsAreInput = bytes.readUInt8(afterTimes) === BY_INSTRUMENT_ID;
  const idsAreOutput = bytes.readUInt8(afterTimes + 1) === BY_INSTRUMENT_ID;
  if (idsAreInput !== idsAreOutput) readMappings(reader, symbols, idsAreOutput);
  return {
    version,
    dataset: cText(bytes.subarray(0, 16)),
    schema: bytes.readUInt16LE(16),
    hasSendTime: bytes.readUInt8(afterTimes + 2) !== 0,
    symbols,
  };
}
