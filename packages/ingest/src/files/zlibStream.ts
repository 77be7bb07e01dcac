import type { Transform } from "node:stream";
import type { Zlib } from "node:zlib";
import type { ByteReader } from "./byteReader.ts";
import { endsMemory, giveBack } from "./passingBytes.ts";

/** Bytes that an unpacker gives at once. */
export const CHUNK_BYTES: number = 1 << 18;

/** Feeds one of Node's unpackers chunk by chunk. */
class Feeder {
  /** What `packed` threw, if it did. */
  failure: { readonly cause: unknown } | undefined;
  private readonly packed: ByteReader;
  private readonly unpacker: Transform & Zlib;
  /** The chunk that the unpacker has not finished, and what it had taken before. */
  private inFlight: { readonly chunk: Buffer; readonly before: number } | undefined;

  constructor(packed: ByteReader, unpacker: Transform & Zlib) {
    this.packed = packed;
    this.unpacker = unpacker;
  }

  /**
   * Gives one chunk at a time, so that what an unpacker leaves alone, when it ends before the bytes do, is always the end of that
   * chunk.
   */
  async run(): Promise<void> {
    try {
      for await (const chunk of this.packed.rest()) {
        this.inFlight = { chunk, before: this.unpacker.bytesWritten };
        await new Promise<void>((done) => {
          this.unpacker.write(chunk, () => done());
        });
        if (this.unpacker.destroyed || this.leftOver().length > 0) return;
        this.inFlight = undefined;
        giveBack(chunk);
      }
      this.unpacker.end();
    } catch (cause) {
      this.failure = { cause };
      this.unpacker.destroy();
    }
  }

  /** The end of the last chunk, as far as the unpacker did not take it. */
  leftOver(): Buffer {
    if (this.inFlight === undefined) return Buffer.alloc(0);
    const { chunk, before } = this.inFlight;
    return chunk.subarray(this.unpacker.bytesWritten - before);
  }
}

/** Whether a chunk is the end of memory that an unpacker has filled, piece by piece; memory of another size may be shared. */
const fillsChunk = ({ buffer, byteOffset, length }: Buffer): boolean =>
  buffer.byteLength === CHUNK_BYTES && byteOffset + length === CHUNK_BYTES;

/**
 * Runs one of Node's unpackers over packed bytes. It may end before they do: the rest stays in `packed`. `onError` turns an error
 * of the unpacker into the one to throw; an error of `packed` is thrown as it is.
 */
export async function* throughZlib(
  packed: ByteReader,
  unpacker: Transform & Zlib,
  onError: (cause: unknown) => unknown,
): AsyncGenerator<Buffer> {
  const feeder = new Feeder(packed, unpacker);
  void feeder.run();
  try {
    const chunks: AsyncIterable<Buffer> = unpacker;
    for await (const chunk of chunks) {
      if (fillsChunk(chunk)) endsMemory(chunk);
      yield chunk;
    }
    packed.unread(feeder.leftOver());
  } catch (cause) {
    throw feeder.failure === undefined ? onError(cause) : feeder.failure.cause;
  } finally {
    unpacker.destroy();
  }
}
