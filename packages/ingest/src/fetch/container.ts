import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { Readable, pipeline, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { DataError } from "@aftershock/schema";
import { checkZip } from "./checkZip.ts";
import type { DataSet } from "./dataSet.ts";
import { readReply } from "./reply.ts";

/** What a container was found to hold. */
export interface Contained {
  /** True when nothing is in it: a day without data. */
  readonly empty: boolean;
}

const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const LZ4 = [0x04, 0x22, 0x4d, 0x18];
const GZIP = [0x1f, 0x8b];
const ZIP = [...Buffer.from("PK")];
const PARQUET = [...Buffer.from("PAR1")];

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, i) => bytes[i] === byte);

/** The longest reply of an API that is read. Bytes. */
const MOST_REPLY_BYTES = 64 * 1024 * 1024;

interface Ends {
  readonly head: Buffer;
  readonly tail: Buffer;
}

/** The first and the last bytes of a file. */
async function readEnds(path: string): Promise<Ends> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 64);
    const [head, tail] = [Buffer.alloc(length), Buffer.alloc(length)];
    await handle.read(head, 0, length, 0);
    await handle.read(tail, 0, length, size - length);
    return { head, tail };
  } finally {
    await handle.close();
  }
}

const broken = (what: string, cause?: unknown): DataError =>
  new DataError(`what came is ${what}`, {
    cause,
    hints: ["Nothing of it was kept. Try again later: the archive may be writing the file."],
  });

/** What came instead, as its first bytes show it: an error page in HTML says most of itself. */
const beginning = ({ head }: Ends): string => JSON.stringify(head.toString("latin1").slice(0, 40));

/** Unpacks all of a file and keeps nothing of it: its end and its checksum are looked at by the unpacker. */
async function unpack(path: string, kind: string, unpacker: Transform): Promise<Contained> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  // The callback keeps the error from being thrown twice: the iteration raises it.
  pipeline(Readable.from(file, { objectMode: false }), unpacker, () => {});
  let bytes = 0;
  try {
    for await (const chunk of unpacker as AsyncIterable<Buffer>) bytes += chunk.length;
  } catch (cause) {
    throw broken(`cut or damaged ${kind} data`, cause);
  }
  return { empty: bytes === 0 };
}

async function unzip(path: string): Promise<Contained> {
  const entries = await checkZip(path).catch((cause: unknown) => {
    throw broken("cut or damaged zip data", cause);
  });
  return { empty: entries === 0 };
}

/** An lz4 frame ends with four zero bytes, and after them a checksum where its first flags say so. */
function checkLz4({ head, tail }: Ends): Contained {
  const checksumBytes = ((head[4] ?? 0) & 0b100) === 0 ? 0 : 4;
  const end = tail.subarray(tail.length - checksumBytes - 4, tail.length - checksumBytes);
  if (end.length === 4 && end.every((byte) => byte === 0)) return { empty: false };
  throw broken("cut lz4 data: its end mark is missing");
}

async function checkReply(path: string, reply: NonNullable<DataSet["reply"]>): Promise<Contained> {
  const { size } = await stat(path);
  if (size > MOST_REPLY_BYTES) throw broken(`a reply of ${size} bytes`);
  return { empty: readReply(await readFile(path, "utf8"), reply).rows.length === 0 };
}

/**
 * Checks that a file is a whole container of the kind that its name says, by the checksums in it where it has some, else by its
 * end. `name`: the name it will have. Throws DataError for one that is cut, damaged or something else.
 */
export async function checkContainer(
  path: string,
  name: string,
  reply: DataSet["reply"],
): Promise<Contained> {
  if (reply !== undefined) return checkReply(path, reply);
  const ends = await readEnds(path);
  const is = (magic: readonly number[]): boolean => startsWith(ends.head, magic);
  if (name.endsWith(".gz") && is(GZIP)) return unpack(path, "gzip", createGunzip());
  if (name.endsWith(".zip") && is(ZIP)) return unzip(path);
  if (name.endsWith(".lz4") && is(LZ4)) return checkLz4(ends);
  if (name.endsWith(".parquet") && is(ZSTD)) return unpack(path, "zstd", createZstdDecompress());
  if (name.endsWith(".parquet") && is(PARQUET) && startsWith(ends.tail.subarray(-4), PARQUET)) {
    return { empty: false };
  }
  throw broken(`not a whole ${/[^.]*$/.exec(name)?.[0]} file: it starts with ${beginning(ends)}`);
}
