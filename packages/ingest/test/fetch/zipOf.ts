import { crc32 } from "node:zlib";

/** A file in a zip. */
export interface ZipEntry {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Written as the unpacked size instead of the true one. */
  readonly claimedSize?: number;
}

/** The parts that a local header and an entry of the directory share. */
function common(name: Buffer, content: Uint8Array, size: number): Buffer {
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0); // version needed
  head.writeUInt16LE(0x0800, 2); // the name is UTF-8
  head.writeUInt16LE(0, 4); // stored
  head.writeUInt32LE(0x00210000, 6); // 1980-01-01
  head.writeUInt32LE(crc32(content), 10);
  head.writeUInt32LE(content.length, 14);
  head.writeUInt32LE(size, 18);
  head.writeUInt16LE(name.length, 22);
  return head;
}

/** A zip of files that are stored and not compressed. */
export function zipOf(...entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, claimedSize } of entries) {
    const bytes = Buffer.from(content);
    const path = Buffer.from(name);
    const shared = common(path, bytes, claimedSize ?? bytes.length);
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
