import { Worker } from "node:worker_threads";
import { IntegrityError } from "@aftershock/schema";
import type { ReadProgress } from "../files/openFile.ts";
import type { ReadHints } from "../source.ts";
import type { RowChunk } from "../store/rowBuffer.fast.ts";
import type { FileToRead, RowTaker } from "./readFiles.ts";
import { revived } from "../plainError.ts";
import { buffersOf, type ToWorker, type WorkerMessage, type WorkerTask } from "./workerMessages.ts";

// As this file itself: TypeScript in the workspace, JavaScript where it is installed.
const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "./readWorker.ts" : "./readWorker.js",
  import.meta.url,
);

/**
 * A worker that reads files, and whose messages are taken one after the other. It is stopped by being asked to: a thread that is ended
 * from outside while it unpacks or loads a file may, rarely, take the whole process with it.
 */
class Reader {
  /** Settles when all that it has read is taken, or with its error. */
  readonly read: Promise<void>;
  private readonly worker: Worker;
  private readonly exited: Promise<unknown>;
  private stopped = false;

  /** `take` returns whether it keeps a chunk. */
  constructor(task: WorkerTask, take: (message: WorkerMessage) => Promise<boolean>) {
    const worker = new Worker(WORKER, { workerData: task });
    this.worker = worker;
    this.exited = new Promise((resolve) => worker.once("exit", resolve));
    this.read = new Promise((resolve, reject) => {
      let before = Promise.resolve();
      const takeOne = async (message: WorkerMessage): Promise<void> => {
        if (this.stopped) return;
        if (message.kind === "error") throw revived(message.error);
        const kept = await take(message);
        if (message.kind === "done") resolve();
        if (message.kind === "chunk") this.giveBack(message.name.stream, message.chunk, kept);
      };
      worker.on("message", (message: WorkerMessage) => {
        before = before.then(() => takeOne(message));
        before.catch(reject);
      });
      worker.on("error", reject);
      worker.on("exit", (code) => {
        before
          .then(() => reject(new IntegrityError(`Invariant: a reader ended with ${code}`)))
          .catch(reject);
      });
    });
  }

  private giveBack(stream: string, chunk: RowChunk, kept: boolean): void {
    const taken: ToWorker = { kind: "taken", stream, chunk: kept ? undefined : chunk };
    this.worker.postMessage(taken, kept ? [] : buffersOf(chunk));
  }

  /** Ends it, at the next chunk of its file if it still reads; nothing more of it is taken. */
  async stop(): Promise<void> {
    this.stopped = true;
    const stop: ToWorker = { kind: "stop" };
    this.worker.postMessage(stop, []);
    await this.exited;
  }
}

/** A file to read, with its packed size. */
type SizedFile = FileToRead & { readonly size: number };

/** Files in as many lists as there are workers: those that go on from each other in one, the largest into the list that has least. */
function shared(
  files: readonly SizedFile[],
  workers: number,
  chained: (file: FileToRead) => boolean,
): FileToRead[][] {
  const lists = Array.from({ length: workers }, () => ({ bytes: 0, files: [] as FileToRead[] }));
  const chain = files.filter(chained);
  const alone = files.filter((file) => !chained(file)).map((file) => [file]);
  const sizeOf = (group: readonly SizedFile[]): number =>
    group.reduce((sum, { size }) => sum + size, 0);
  for (const group of [chain, ...alone].toSorted((a, b) => sizeOf(b) - sizeOf(a))) {
    const least = lists.reduce((one, other) => (other.bytes < one.bytes ? other : one));
    least.bytes += sizeOf(group);
    least.files.push(...group);
  }
  return lists
    .map((list) => list.files.toSorted((a, b) => a.index - b.index))
    .filter((list) => list.length > 0);
}

/**
 * Reads files by a source of SOURCES in worker threads, side by side where files stand for themselves. What `taker` is given does not
 * depend on the number of workers but for the order in which files come; the chunks of one file keep theirs.
 */
export async function readInWorkers(
  files: readonly SizedFile[],
  options: {
    readonly source: string;
    readonly hints: ReadHints;
    /** At most. */
    readonly workers: number;
    /** Whether a file must go through the same reader as the others like it, in their order. */
    readonly chained: (file: FileToRead) => boolean;
  },
  taker: RowTaker,
): Promise<void> {
  const readers: Reader[] = [];
  const rowsOf = new Map<FileToRead[], number>();
  const progressOf = new Map<FileToRead[], ReadProgress>();
  const tell = (): void => {
    const rows = [...rowsOf.values()].reduce((sum, own) => sum + own, 0);
    const [first] = progressOf.values();
    if (first !== undefined) taker.progress(first, rows);
  };
  try {
    await Promise.all(
      shared(files, options.workers, options.chained).map((list) => {
        const task = { source: options.source, hints: options.hints, files: list };
        const take = async (message: WorkerMessage): Promise<boolean> => {
          if (message.kind === "chunk") {
            return taker.chunk(message.file, message.name, message.chunk);
          }
          if (message.kind === "file") await taker.file(message.read);
          else if (message.kind === "progress") {
            rowsOf.set(list, message.rows);
            progressOf.set(list, message.progress);
            tell();
          }
          return true;
        };
        const reader = new Reader(task, take);
        readers.push(reader);
        return reader.read;
      }),
    );
  } finally {
    await Promise.all(readers.map((reader) => reader.stop()));
  }
}
