import { availableParallelism } from "node:os";
import type { StreamName } from "@aftershock/schema";
import { readTape } from "./tapeReader.ts";
import type { TapeRows } from "./tapeRows.ts";
import { TapeThread, ThreadLost } from "./tapeThread.ts";

/** Rows that must be left to be read for a thread to be started: a replay of 82 million took less time with one, one of 8 million more (test/bench/readAhead.ts, 2026-11-22). */
const WORTH_A_THREAD = 40_000_000;
/** Batches that are read before: many who ask for a book at an instant, or for a short window, need no more. */
const BATCHES_BEFORE = 32;

/** One thread for all tapes that are being read, while there are any. */
let shared: TapeThread | undefined;
let borrowers = 0;

/** The thread that reads tapes ahead, started if there is none. Each caller returns it once. */
export function borrowTapeThread(): TapeThread {
  borrowers += 1;
  return (shared ??= new TapeThread());
}

/** Gives the thread back; it ends when nobody has it any more. */
export function returnTapeThread(): void {
  borrowers -= 1;
  if (borrowers > 0) return;
  shared?.stop();
  shared = undefined;
}

/** Whether, and from when on, a stream is read ahead by the thread, which it then has. */
export class ReadingAhead {
  readonly #isWanted: boolean | undefined;
  #rowsLeft: number;
  #batches = 0;
  #thread: TapeThread | undefined;

  /**
   * `isWanted`: from the start, or never; by default from the batch on at which the thread pays, where there is a core for it. `rows`: how many the stream has at
   * most.
   */
  constructor(isWanted: boolean | undefined, rows: number) {
    this.#isWanted = isWanted;
    this.#rowsLeft = rows;
  }

  /** The thread, if the next batch should be read by it; it may not be ready. */
  get thread(): TapeThread | undefined {
    if (this.#thread === undefined && (this.#isWanted ?? this.#pays)) {
      this.#thread = borrowTapeThread();
    }
    return this.#thread;
  }

  get #pays(): boolean {
    if (this.#batches < BATCHES_BEFORE || this.#rowsLeft < WORTH_A_THREAD) return false;
    return availableParallelism() > 1;
  }

  /** So many rows were read. */
  count(rows: number): void {
    this.#rowsLeft -= rows;
    this.#batches += 1;
  }

  /** The stream is through: gives the thread back. */
  close(): void {
    if (this.#thread !== undefined) returnTapeThread();
    this.#thread = undefined;
  }
}

const readyThread = ({ thread }: Pick<ReadingAhead, "thread">): TapeThread | undefined =>
  thread?.isReady === true ? thread : undefined;

/**
 * The rows of a tape batch by batch, `skip` left out: read by the thread as soon as it is wanted and ready, and while it lives, and in this one otherwise. The rows are the same
 * either way.
 */
export async function* readTapeAhead(
  path: string,
  stream: StreamName,
  skip: number,
  ahead: Pick<ReadingAhead, "thread" | "count">,
): AsyncGenerator<TapeRows> {
  let next = skip;
  for (let isThrough = false; !isThrough;) {
    const reader = readyThread(ahead);
    const rows = reader?.read(path, stream, next) ?? readTape(path, stream, next);
    isThrough = true;
    try {
      for await (const batch of rows) {
        next += 1;
        ahead.count(batch.length);
        yield batch;
        if (reader === undefined && readyThread(ahead) !== undefined) {
          isThrough = false;
          break;
        }
      }
    } catch (error) {
      if (!(error instanceof ThreadLost)) throw error;
      isThrough = false;
    }
  }
}
