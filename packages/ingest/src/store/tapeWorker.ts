/** The thread that reads tapes ahead of replays: see tapeThread.ts. */
import { parentPort } from "node:worker_threads";
import { IntegrityError, type StreamName } from "@aftershock/schema";
import { plainError } from "../plainError.ts";
import { SharedMemory } from "./sharedMemory.ts";
import {
  BATCHES_AHEAD,
  type FromTapeWorker,
  type SentParts,
  type ToTapeWorker,
} from "./tapeMessages.ts";
import { readTapeParts } from "./tapeReader.ts";
import type { TapeParts } from "./tapeRows.ts";

const port = parentPort;
if (port === null) throw new IntegrityError("Invariant: this file is run as a worker");

function post(message: FromTapeWorker, moved: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, moved);
}

function sent({ otherTexts, ...parts }: TapeParts): SentParts {
  const texts = Object.entries(otherTexts).map(([name, make]) => [name, make()] as const);
  return { ...parts, otherTexts: Object.fromEntries(texts) };
}

/** Memory of a batch that is not shared. */
function movedOf({ pieces, idWords }: TapeParts): readonly ArrayBuffer[] {
  const all = idWords === undefined ? pieces : [...pieces, idWords.lo.buffer, idWords.hi.buffer];
  return all.filter((piece) => piece instanceof ArrayBuffer);
}

/** A tape that is being read. */
class Reading {
  readonly #memory = new SharedMemory();
  /** Batches that may be read. */
  #wanted = BATCHES_AHEAD;
  #isClosed = false;
  #onMore: (() => void) | undefined;

  async read(tape: number, path: string, stream: StreamName, skip: number): Promise<void> {
    try {
      for await (const parts of readTapeParts(path, stream, skip, this.#memory)) {
        if (this.#isClosed) break;
        post({ kind: "batch", tape, parts: sent(parts) }, movedOf(parts));
        this.#wanted -= 1;
        while (this.#wanted === 0 && !this.#isClosed) await this.#more();
        if (this.#isClosed) break;
      }
      post({ kind: "end", tape, error: undefined });
    } catch (error) {
      post({ kind: "end", tape, error: plainError(error) });
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#onMore = resolve;
    });
  }

  want(back: readonly SharedArrayBuffer[]): void {
    for (const piece of back) this.#memory.giveBack(piece);
    this.#wanted += 1;
    this.#onMore?.();
  }

  close(): void {
    this.#isClosed = true;
    this.#onMore?.();
  }
}

const readings = new Map<number, Reading>();
port.on("message", (message: ToTapeWorker) => {
  switch (message.kind) {
    case "open": {
      const { tape, path, stream, skip } = message;
      const reading = new Reading();
      readings.set(tape, reading);
      void reading.read(tape, path, stream, skip).finally(() => readings.delete(tape));
      break;
    }
    case "more":
      readings.get(message.tape)?.want(message.back);
      break;
    case "close":
      readings.get(message.tape)?.close();
      break;
    case "stop":
      port.close();
      break;
    default:
      message satisfies never;
  }
});
post({ kind: "ready" });
