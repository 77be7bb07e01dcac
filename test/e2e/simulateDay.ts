import { createHash } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { type PresetName, simulate } from "@aftershock/simulator";

/** What a thread is asked to simulate. */
export interface DayToSimulate {
  readonly preset: PresetName;
  readonly seed: number;
  readonly minutes: number;
}

/** A hash of every byte of a simulated day's recording, and of its truth. */
export function dayHash(day: DayToSimulate): string {
  const simulated = simulate(day);
  const hash = createHash("sha256");
  for (const { stream, instrument, columns, length } of simulated.batches()) {
    hash.update(`${stream} ${instrument.id} ${length}`);
    for (const values of Object.values(columns)) {
      hash.update(ArrayBuffer.isView(values) ? values : JSON.stringify(values));
    }
  }
  return hash.update(JSON.stringify(simulated.truth)).digest("hex");
}

parentPort?.on("message", (day: DayToSimulate) => parentPort?.postMessage(dayHash(day)));
