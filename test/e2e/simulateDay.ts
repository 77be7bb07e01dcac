import { createHash } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { measureImpact, type PresetName, simulate } from "@aftershock/simulator";

/** What a thread is asked to simulate. */
export interface DayToSimulate {
  readonly preset: PresetName;
  readonly seed: number;
  readonly minutes: number;
  /** Draws by which its impact is measured, too; default none. */
  readonly impactDraws?: number;
}

/** A hash of every byte of a simulated day's recording, and of its truth. */
export function dayHash({ impactDraws, ...day }: DayToSimulate): string {
  const simulated = simulate(day);
  const hash = createHash("sha256");
  for (const { stream, instrument, columns, length } of simulated.batches()) {
    hash.update(`${stream} ${instrument.id} ${length}`);
    for (const values of Object.values(columns)) {
      hash.update(ArrayBuffer.isView(values) ? values : JSON.stringify(values));
    }
  }
  if (impactDraws !== undefined) hash.update(JSON.stringify(measureImpact(day, impactDraws)));
  return hash.update(JSON.stringify(simulated.truth)).digest("hex");
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window.
parentPort?.on("message", (day: DayToSimulate) => parentPort?.postMessage(dayHash(day)));
