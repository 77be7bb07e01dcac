import { parentPort, workerData } from "node:worker_threads";
import { IntegrityError } from "@aftershock/schema";
import { plainError } from "../plainError.ts";
import { SOURCES } from "../sources.ts";
import { recycleChunk } from "../store/rowBuffer.fast.ts";
import { readFiles, type RowTaker } from "./readFiles.ts";
import {
  buffersOf,
  CHUNKS_AHEAD,
  type ToWorker,
  type WorkerMessage,
  type WorkerTask,
} from "./workerMessages.ts";

const port = parentPort;
if (port === null) throw new IntegrityError("Invariant: this file is run as a worker");

let ahead = 0;
let onTaken: (() => void) | undefined;
let stopped = false;
port.on("message", (message: ToWorker) => {
  if (message.kind === "stop") stopped = true;
  else {
    ahead -= 1;
    if (message.chunk !== undefined) recycleChunk(message.stream, message.chunk);
  }
  onTaken?.();
});

/** Ends the reading if it was asked to. */
function goOn(): void {
  if (stopped) throw new IntegrityError("Invariant: who stops a reader listens to it no more");
}

function post(message: WorkerMessage, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

/** Packed bytes between two messages of progress. */
const PROGRESS_BYTES = 1 << 20;
let told = { file: "", bytesRead: 0 };

const taker: RowTaker = {
  async chunk(file, name, chunk) {
    goOn();
    ahead += 1;
    post({ kind: "chunk", file, name, chunk }, buffersOf(chunk));
    if (ahead >= CHUNKS_AHEAD) {
      await new Promise<void>((resolve) => {
        onTaken = resolve;
      });
    }
    goOn();
    return true;
  },
  async file(read) {
    post({ kind: "file", read });
  },
  progress(progress, rows) {
    goOn();
    const { file, bytesRead } = progress;
    if (file === told.file && bytesRead - told.bytesRead < PROGRESS_BYTES) return;
    told = { file, bytesRead };
    post({ kind: "progress", progress, rows });
  },
};

const task: WorkerTask = workerData;
const { source: sourceName, hints, files } = task;
try {
  const source = SOURCES.find(({ name }) => name === sourceName);
  if (source === undefined) throw new IntegrityError(`Invariant: no source ${sourceName}`);
  await readFiles(files, source, source.createReader(hints), taker);
  post({ kind: "done" });
} catch (error) {
  post({ kind: "error", error: plainError(error) });
} finally {
  port.close();
}
