import { Worker } from "node:worker_threads";
import type { StreamName } from "@aftershock/schema";
import { freeMemory } from "../freeMemory.ts";
import { revived } from "../plainError.ts";
import { freeIdWords } from "./freeIdWords.ts";
import type { FromTapeWorker, SentParts, ToTapeWorker } from "./tapeMessages.ts";
import { type TapeRows, tapeRows } from "./tapeRows.ts";

// As this file itself: TypeScript in the workspace, JavaScript where it is installed.
const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "./tapeWorker.ts" : "./tapeWorker.js",
  import.meta.url,
);

/** A worker that runs a file; undefined where the process may not start one. */
function startWorker(file: URL): Worker | undefined {
  try {
    return new Worker(file);
  } catch {
    return undefined;
  }
}

/** What the thread sends of one tape. */
type OfTape = Exclude<FromTapeWorker, { readonly kind: "ready" }>;

/** The thread ended while it read a tape: what is left is to be read otherwise. */
export class ThreadLost extends Error {}

/** What came of one tape and was not yet taken. */
class Inbox {
  readonly #messages: (OfTape | "lost")[] = [];
  #onMessage: (() => void) | undefined;

  put(message: OfTape | "lost"): void {
    this.#messages.push(message);
    this.#onMessage?.();
  }

  /** The next, if it is there. */
  shift(): OfTape | "lost" | undefined {
    return this.#messages.shift();
  }

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#onMessage = resolve;
    });
  }
}

/**
 * A thread that reads tapes a batch ahead of who replays them, into memory that both threads share. It may never start, or end at any time: who reads by it
 * reads on without it then. It keeps the process from ending only while somebody waits for it, and once it is stopped until it has ended.
 */
export class TapeThread {
  /** Settles when it has ended. */
  readonly ended: Promise<void>;
  readonly #worker: Worker | undefined;
  readonly #inboxes = new Map<number, Inbox>();
  #tapes = 0;
  #waiting = 0;
  #isReady = false;
  #isStopped = false;

  /** `file`: what it runs. */
  constructor(file: URL = WORKER) {
    const worker = startWorker(file);
    this.#worker = worker;
    worker?.on("message", (message: FromTapeWorker) => this.#take(message));
    // Its end follows.
    worker?.on("error", () => {});
    this.ended = new Promise((resolve) => {
      if (worker === undefined) resolve();
      worker?.on("exit", () => {
        this.#isReady = false;
        for (const inbox of this.#inboxes.values()) inbox.put("lost");
        resolve();
      });
    });
    // Not before: who listens keeps the process from ending.
    worker?.unref();
  }

  /** Whether it can be asked: it has started, and neither ended nor been stopped. */
  get isReady(): boolean {
    return this.#isReady;
  }

  #take(message: FromTapeWorker): void {
    if (message.kind === "ready") this.#isReady = !this.#isStopped;
    else this.#inboxes.get(message.tape)?.put(message);
  }

  #post(message: ToTapeWorker): void {
    this.#worker?.postMessage(message, []);
  }

  async #next(inbox: Inbox): Promise<OfTape | "lost"> {
    for (;;) {
      const message = inbox.shift();
      if (message !== undefined) return message;
      if (this.#waiting === 0) this.#worker?.ref();
      this.#waiting += 1;
      await inbox.wait();
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#worker?.unref();
    }
  }

  /**
   * Reads a tape as `readTape` does, with the same errors. To be called while it is ready. Throws ThreadLost where it ends before it has read all.
   */
  async *read(path: string, stream: StreamName, skip: number): AsyncGenerator<TapeRows> {
    if (!this.#isReady) throw new ThreadLost();
    const tape = this.#tapes++;
    const inbox = new Inbox();
    const back: SharedArrayBuffer[] = [];
    let isOpen = true;
    this.#inboxes.set(tape, inbox);
    this.#post({ kind: "open", tape, path, stream, skip });
    try {
      for (;;) {
        const message = await this.#next(inbox);
        isOpen = message !== "lost" && message.kind !== "end";
        if (message === "lost") throw new ThreadLost();
        if (message.kind === "end") {
          if (message.error !== undefined) throw revived(message.error);
          return;
        }
        this.#post({ kind: "more", tape, back: back.splice(0) });
        yield rowsOf(stream, message.parts, back);
      }
    } finally {
      if (isOpen) await this.#close(tape, inbox);
      this.#inboxes.delete(tape);
    }
  }

  /** Ends the reading of a tape; its file is closed then. */
  async #close(tape: number, inbox: Inbox): Promise<void> {
    this.#post({ kind: "close", tape });
    for (;;) {
      const message = await this.#next(inbox);
      if (message === "lost" || message.kind === "end") return;
    }
  }

  /**
   * Lets it end: nothing is asked of it any more. It is asked to, for a thread that is ended from outside may, rarely, take the whole process with it.
   */
  stop(): void {
    this.#isStopped = true;
    this.#isReady = false;
    this.#post({ kind: "stop" });
    this.#worker?.ref();
  }
}

/** The rows of a batch that was sent; what is free of its memory goes `back`. */
function rowsOf(stream: StreamName, parts: SentParts, back: SharedArrayBuffer[]): TapeRows {
  const { otherTexts: sent, ...rest } = parts;
  const texts = Object.entries(sent).map(([name, made]) => [name, () => made] as const);
  return tapeRows(stream, { ...rest, otherTexts: Object.fromEntries(texts) }, () => {
    for (const piece of parts.pieces) {
      if (piece instanceof SharedArrayBuffer) back.push(piece);
      else freeMemory(piece);
    }
    freeIdWords(parts.idWords);
  });
}
