import { type FileHandle, open } from "node:fs/promises";
import { IntegrityError } from "@aftershock/schema";
import type * as Arrow from "apache-arrow";

/** Where Arrow's writer puts its bytes, and where they are taken from before they pile up. */
interface Bytes {
  readonly queue: Arrow.AsyncByteQueue;
  /** What was written since the last time. */
  readonly take: () => readonly Uint8Array[];
}

function bytesOf(arrow: typeof Arrow): Bytes {
  const chunks: Uint8Array[] = [];
  class Collected extends arrow.AsyncByteQueue {
    override write(value: unknown): void {
      if (!ArrayBuffer.isView(value)) {
        throw new IntegrityError("Invariant: Arrow's writer writes bytes");
      }
      chunks.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    }
  }
  return { queue: new Collected(), take: () => chunks.splice(0) };
}

/** An Arrow IPC file that is written batch by batch: each is on the disk before the next is made. */
export class ArrowFile {
  private readonly handle: FileHandle;
  private readonly writer: Arrow.RecordBatchFileWriter;
  private readonly bytes: Bytes;

  private constructor(arrow: typeof Arrow, schema: Arrow.Schema, handle: FileHandle) {
    this.handle = handle;
    this.bytes = bytesOf(arrow);
    this.writer = new arrow.RecordBatchFileWriter();
    this.writer.reset(this.bytes.queue, schema);
  }

  static async create(arrow: typeof Arrow, schema: Arrow.Schema, path: string): Promise<ArrowFile> {
    return new ArrowFile(arrow, schema, await open(path, "wx"));
  }

  private async flush(): Promise<void> {
    for (const chunk of this.bytes.take()) await this.handle.writeFile(chunk);
  }

  async write(batch: Arrow.RecordBatch): Promise<void> {
    this.writer.write(batch);
    await this.flush();
  }

  /** Writes the end of the file: without it the file cannot be read. */
  async finish(): Promise<void> {
    this.writer.finish();
    await this.flush();
    await this.handle.sync();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
