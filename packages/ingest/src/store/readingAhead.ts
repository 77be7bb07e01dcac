import type { StreamName } from "@aftershock/schema";
import { readTape } from "./tapeReader.ts";
import type { TapeRows } from "./tapeRows.ts";
import { TapeThread, ThreadLost } from "./tapeThread.ts";

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

/**
 * The rows of a tape batch by batch, `skip` left out: read by the thread as soon as it is ready and while it lives, and in this one otherwise. The rows are the same
 * either way.
 */
export async function* readTapeAhead(
  path: string,
  stream: StreamName,
  skip: number,
  thread: TapeThread | undefined,
): AsyncGenerator<TapeRows> {
  let next = skip;
  for (let isThrough = false; !isThrough;) {
    const reader = thread?.isReady === true ? thread : undefined;
    const rows = reader?.read(path, stream, next) ?? readTape(path, stream, next);
    isThrough = true;
    try {
      for await (const batch of rows) {
        next += 1;
        yield batch;
        if (reader === undefined && thread?.isReady === true) {
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
