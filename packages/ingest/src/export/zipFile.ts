import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createDeflateRaw } from "node:zlib";

/** What the central directory says of an entry. */
interface Entry {
  readonly name: Buffer;
  readonly offset: number;
  crc: number;
  size: number;
  packed: number;
}

// Layouts and numbers: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3. Everything is in the 64-bit form, so that
// no size matters.
const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const END = 0x06054b50;
const VERSION_64 = 45;
const DEFLATED = 8;
const EXTRA_64 = 0x0001;
/** 1980-01-01, the first day that the format knows: the same content gives the same bytes. */
const NO_DATE = 0x0021;
const IN_EXTRA = 0xffffffff;

/** The fields that both headers of an entry share, from `version needed` to the length of `extra`. */
function commonFields({ name, crc }: Entry, extraLength: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(VERSION_64, 0);
  fields.writeUInt16LE(DEFLATED, 4);
  fields.writeUInt16LE(NO_DATE, 8);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(IN_EXTRA, 14);
  fields.writeUInt32LE(IN_EXTRA, 18);
  fields.writeUInt16LE(name.length, 22);
  fields.writeUInt16LE(extraLength, 24);
  return fields;
}

const numbers16 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => bytes.writeUInt16LE(value, i * 2));
  return bytes;
};
const numbers32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeUInt32LE(value, i * 4));
  return bytes;
};
const numbers64 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, i) => bytes.writeBigUInt64LE(BigInt(value), i * 8));
  return bytes;
};

function localHeader(entry: Entry): Buffer {
  const extra = Buffer.concat([numbers16(EXTRA_64, 16), numbers64(entry.size, entry.packed)]);
  return Buffer.concat([
    numbers32(LOCAL_HEADER),
    commonFields(entry, extra.length),
    entry.name,
    extra,
  ]);
}

function centralHeader(entry: Entry): Buffer {
  const { size, packed, offset, name } = entry;
  const extra = Buffer.concat([numbers16(EXTRA_64, 24), numbers64(size, packed, offset)]);
  return Buffer.concat([
    numbers32(CENTRAL_HEADER),
    numbers16(VERSION_64),
    commonFields(entry, extra.length),
    // Comment, disk, attributes inside and outside: none; the offset is in the extra field.
    numbers16(0, 0, 0),
    numbers32(0, IN_EXTRA),
    name,
    extra,
  ]);
}

function endOfDirectory(entries: number, offset: number, length: number): Buffer {
  const end = offset + length;
  return Buffer.concat([
    numbers32(END_64),
    numbers64(44),
    numbers16(VERSION_64, VERSION_64),
    numbers32(0, 0),
    numbers64(entries, entries, length, offset),
    numbers32(END_64_LOCATOR, 0),
    numbers64(end),
    numbers32(1, END),
    numbers16(0, 0, 0xffff, 0xffff),
    numbers32(IN_EXTRA, IN_EXTRA),
    numbers16(0),
  ]);
}

/** A ZIP archive that is written entry by entry, each deflated as it comes. */
export class ZipFile {
  private readonly handle: FileHandle;
  private readonly entries: Entry[] = [];
  private at = 0;

  private constructor(handle: FileHandle) {
    this.handle = handle;
  }

  static async create(path: string): Promise<ZipFile> {
    return new ZipFile(await open(path, "wx"));
  }

  private async append(bytes: Uint8Array): Promise<void> {
    await this.handle.writeFile(bytes);
    this.at += bytes.length;
  }

  async add(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const entry = { name: Buffer.from(name), offset: this.at, crc: 0, size: 0, packed: 0 };
    await this.append(localHeader(entry));
    const start = this.at;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const bytes of content) {
        entry.crc = crc32(bytes, entry.crc);
        entry.size += bytes.length;
        yield bytes;
      }
    }
    const append = async (packed: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const bytes of packed) await this.append(bytes);
    };
    await pipeline(Readable.from(counted()), createDeflateRaw(), append);
    entry.packed = this.at - start;
    const header = localHeader(entry);
    await this.handle.write(header, 0, header.length, entry.offset);
    this.entries.push(entry);
  }

  /** Writes the directory: without it the archive cannot be read. */
  async finish(): Promise<void> {
    const directory = Buffer.concat(this.entries.map(centralHeader));
    const offset = this.at;
    await this.append(directory);
    await this.append(endOfDirectory(this.entries.length, offset, directory.length));
    await this.handle.sync();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
