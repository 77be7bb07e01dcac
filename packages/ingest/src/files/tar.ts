import { checkMemberName, isBeside, severalMembers } from "./archiveMember.ts";
import type { ByteReader } from "./byteReader.ts";
import { PackedError } from "./packedError.ts";
import { readPax, readTarHeader, TAR_BLOCK, type TarHeader } from "./tarHeader.ts";

/** Longer names do not exist, and a header that claims more would fill the memory. Bytes. */
const MOST_HEADER_BYTES = 1 << 20;

/** What a type flag means, for messages; files and folders are not among them. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  "1": "a link",
  "2": "a symbolic link",
  "3": "a device",
  "4": "a device",
  "6": "a pipe",
  S: "a sparse file",
};

/** What follows a header, up to the next one. */
const paddedSize = (size: number): number => Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;

/** Reads the entries of a tar one by one. */
class TarReader {
  private readonly packed: ByteReader;

  constructor(packed: ByteReader) {
    this.packed = packed;
  }

  /** The next entry, its name and size as the headers before it say; undefined at the end. */
  async next(): Promise<TarHeader | undefined> {
    let name: string | undefined;
    let pax: ReadonlyMap<string, string> = new Map();
    for (;;) {
      const header = await this.header();
      if (header === undefined) return undefined;
      switch (header.type) {
        case "x":
          pax = readPax(await this.extension(header)) ?? this.refuseHeader();
          break;
        case "L":
          name = (await this.extension(header)).toString("utf8").replace(/\0.*$/s, "");
          break;
        case "g":
        case "K":
          await this.extension(header);
          break;
        default:
          return this.extended(header, name, pax);
      }
    }
  }

  /** The bytes of an entry. */
  async *content(size: number): AsyncGenerator<Buffer> {
    let left = size;
    while (left > 0) {
      const chunk = (await this.packed.next()) ?? this.refuseEnd();
      this.packed.unread(chunk.subarray(left));
      const part = chunk.subarray(0, left);
      left -= part.length;
      yield part;
    }
    await this.skip(paddedSize(size) - size);
  }

  async skip(length: number): Promise<void> {
    if ((await this.packed.skip(length)) < length) this.refuseEnd();
  }

  private extended(
    header: TarHeader,
    name: string | undefined,
    pax: ReadonlyMap<string, string>,
  ): TarHeader {
    const size = Number(pax.get("size") ?? header.size);
    if (!Number.isSafeInteger(size) || size < 0) this.refuseHeader();
    const isSparse = [...pax.keys()].some((key) => key.startsWith("GNU.sparse."));
    return {
      name: pax.get("path") ?? name ?? header.name,
      size,
      type: isSparse ? "S" : header.type,
    };
  }

  /** The next header; undefined at the two blocks of zeros that end a tar, after which there may be no more than zeros. */
  private async header(): Promise<TarHeader | undefined> {
    const block = await this.packed.read(TAR_BLOCK);
    if (block.length < TAR_BLOCK) this.refuseEnd();
    if (block.some((byte) => byte !== 0)) return readTarHeader(block) ?? this.refuseHeader();
    const second = await this.packed.read(TAR_BLOCK);
    if (second.length < TAR_BLOCK) this.refuseEnd();
    this.packed.unread(second);
    for await (const chunk of this.packed.rest()) {
      if (chunk.some((byte) => byte !== 0)) this.refuseHeader();
    }
    return undefined;
  }

  /** What follows a header that says more about the next one. */
  private async extension({ size }: TarHeader): Promise<Buffer> {
    if (size > MOST_HEADER_BYTES) this.refuseHeader();
    const bytes = await this.packed.read(size);
    if (bytes.length < size) this.refuseEnd();
    await this.skip(paddedSize(size) - size);
    return bytes;
  }

  private refuseEnd(): never {
    throw PackedError.damaged("tar", "ends early");
  }

  private refuseHeader(): never {
    const what = `is damaged (no header stands before byte ${this.packed.position})`;
    throw PackedError.damaged("tar", what);
  }
}

/** Whether an entry is the file that the archive is there for. Throws PackedError for what is neither a file nor a folder. */
function isContent({ name, type }: TarHeader): boolean {
  checkMemberName("tar", name);
  if (type === "5" || isBeside(name)) return false;
  if (type === "0" || type === "7") return true;
  const what = Object.hasOwn(OTHER_TYPES, type) ? OTHER_TYPES[type] : `of type ${type}`;
  throw PackedError.refused(
    `is a tar archive in which ${JSON.stringify(name)} is ${what}, not a file`,
  );
}

/** Unpacks a tar that holds exactly one file. Throws PackedError when it holds none, several, or a link, and when it is cut. */
export async function* untar(packed: ByteReader): AsyncGenerator<Buffer> {
  const tar = new TarReader(packed);
  let found: string | undefined;
  for (let entry = await tar.next(); entry !== undefined; entry = await tar.next()) {
    if (!isContent(entry)) {
      await tar.skip(paddedSize(entry.size));
      continue;
    }
    if (found !== undefined) throw severalMembers("tar", [found, entry.name]);
    found = entry.name;
    yield* tar.content(entry.size);
  }
  if (found === undefined) throw PackedError.refused("is a tar archive without a file");
}
