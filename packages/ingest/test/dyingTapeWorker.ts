/** The thread that reads tapes, which ends when the second batch more is asked of it. */
import { parentPort } from "node:worker_threads";
import type { ToTapeWorker } from "../src/store/tapeMessages.ts";

await import("../src/store/tapeWorker.ts");
let asked = 0;
parentPort?.on("message", ({ kind }: ToTapeWorker) => {
  if (kind === "more") asked += 1;
  if (asked === 2) process.exit();
});
