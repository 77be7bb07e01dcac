import { crc32, deflateRawSync } from "node:zlib";
import { pack } from "tar-stream";

/** A file to pack, and what its headers shall say instead of the truth. */
export interface Member {
  readonly name: string;
  readonly content: string | Buffer;
  readonly stored?: boolean;
  readonly method?: number;
  readonly encrypted?: boolean;
  readonly crc?: number;
  readonly size?: number;
}

function zipHeaders(member: Member): { local: Buffer; data: Buffer; central: Buffer } {
  const content = Buffer.from(member.content);
  const data = member.stored === true ? content : deflateRawSync(content);
  const name = Buffer.from(member.name);
  // From "version needed" to the length of the extra field, the same in both headers.
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt16LE(member.encrypted === true ? 1 : 0, 2);
  shared.writeUInt16LE(member.method ?? (member.stored === true ? 0 : 8), 4);
  shared.writeUInt32LE(member.crc ?? crc32(content), 10);
  shared.writeUInt32LE(data.length, 14);
  shared.writeUInt32LE(member.size ?? content.length, 18);
  shared.writeUInt16LE(name.length, 22);
  return {
    local: Buffer.concat([Buffer.from("PK\x03\x04"), shared, name]),
    data,
    central: Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), shared, Buffer.alloc(14), name]),
  };
}

/** A zip archive of the members, in order. */
export function zipOf(...members: readonly Member[]): Buffer {
  const front: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { local, data, central } = zipHeaders(member);
    central.writeUInt32LE(offset, 42);
    front.push(local, data);
    directory.push(central);
    offset += local.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...front, ...directory, end]);
}

/** An entry of a tar: a file with content, or something else. */
export interface TarMember {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly type?: "directory" | "symlink" | "link";
}

/** A tar archive of the members, in order. */
export async function tarOf(...members: readonly TarMember[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, content, type } of members) {
    if (type === undefined) tar.entry({ name }, content ?? "");
    else tar.entry({ name, type, ...(type === "directory" ? {} : { linkname: "/etc/passwd" }) });
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
