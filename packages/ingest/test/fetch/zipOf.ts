import { crc32, deflateRawSync } from "node:zlib";

/** A file in a zip. */
export interface ZipEntry {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Written as the unpacked size instead of the true one. */
  readonly claimedSize?: number;
  /** What is stored instead of the content itself: the same, deflated. */
  readonly deflated?: Uint8Array;
}

/** The parts that a local header and an entry of the directory share. */
function common(name: Buffer, { content, claimedSize, deflated }: ZipEntry): Buffer {
  const bytes = Buffer.from(content);
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0); // version needed
  head.writeUInt16LE(0x0800, 2); // the name is UTF-8
  head.writeUInt16LE(deflated === undefined ? 0 : 8, 4);
  head.writeUInt32LE(0x00210000, 6); // 1980-01-01
  head.writeUInt32LE(crc32(bytes), 10);
  head.writeUInt32LE((deflated ?? bytes).length, 14);
  head.writeUInt32LE(claimedSize ?? bytes.length, 18);
  head.writeUInt16LE(name.length, 22);
  return head;
}

/** A zip of files, stored as they are unless their deflated bytes are given. */
export function zipOf(...entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const bytes = Buffer.from(entry.deflated ?? entry.content);
    const path = Buffer.from(entry.name);
    const shared = common(path, entry);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), shared, path, bytes]);
    const madeBy = Buffer.from([20, 0]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\u0001\u0002"), madeBy, shared, rest, path]));
    locals.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, listed, Buffer.from("PK\u0005\u0006"), end]);
}

/** A zip of one file, deflated. */
export const deflatedZip = (name: string, content: Uint8Array): Buffer =>
  zipOf({ name, content, deflated: deflateRawSync(content) });
