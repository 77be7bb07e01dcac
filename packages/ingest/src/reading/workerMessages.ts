import type { ReadProgress } from "../files/openFile.ts";
import type { PlainError } from "../plainError.ts";
import type { ReadHints } from "../source.ts";
import type { PartitionName } from "../store/fileRows.ts";
import type { RowChunk } from "../store/rowBuffer.fast.ts";
import type { FileRead, FileToRead } from "./readFiles.ts";

/** What a worker is started with. */
export interface WorkerTask {
  readonly source: string;
  readonly hints: ReadHints;
  readonly files: readonly FileToRead[];
}

/** What a worker sends. */
export type WorkerMessage =
  | {
      readonly kind: "chunk";
      readonly file: number;
      readonly name: PartitionName;
      readonly chunk: RowChunk;
    }
  | { readonly kind: "file"; readonly read: FileRead }
  | { readonly kind: "progress"; readonly progress: ReadProgress; readonly rows: number }
  | { readonly kind: "error"; readonly error: PlainError }
  | { readonly kind: "done" };

/** What is sent to a worker: that a chunk has been taken, or that it is to read no further. */
export type ToWorker =
  | {
      readonly kind: "taken";
      readonly stream: string;
      /** Its columns, to be filled again; undefined where they are kept. */
      readonly chunk: RowChunk | undefined;
    }
  | { readonly kind: "stop" };

/** The memory of a chunk, which goes from thread to thread without being copied. */
export const buffersOf = ({ columns }: RowChunk): ArrayBuffer[] =>
  columns.map((column) => ("buffer" in column ? column.buffer : column.short.buffer));

/** Chunks that a worker may send ahead of those taken: about 8 MB of trades. */
export const CHUNKS_AHEAD = 64;
