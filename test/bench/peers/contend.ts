import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** What a contender says of itself, as JSON on a line of its own, the last one. */
export interface Measured {
  /** CPU time of its process while it replayed, all threads, s. */
  readonly cpuSeconds: number;
  /** See TouchSum. */
  readonly touchSum: number;
  readonly messages: number;
  readonly version: string;
}

/** One way to do it, in a process of its own. */
export interface Contender {
  readonly name: string;
  readonly program: string;
  readonly parameters: readonly string[];
  /** How many rows of the stream it takes; by default all. */
  readonly rows?: number;
  /** Why it cannot run here. */
  readonly missing?: string | undefined;
  /** Why its best prices may differ from those of the others: a limit of what it can hold. */
  readonly mayDiffer?: string;
  /** What the reader of its figure must know. */
  readonly remark?: string;
}

/** What became of a contender. */
export interface Outcome {
  readonly contender: Contender;
  readonly runs: readonly Measured[];
  readonly failure?: string;
}

/** A contender that has used so much CPU time is not run again: it is slow, and two figures of it are enough. */
const BUDGET_SECONDS = 30;

/** The folder of the peers' programs. */
export const PEERS: string = import.meta.dirname;

/** A contender in Python or Rust is missing until `install.sh` has run. */
export const notInstalled = (path: string): string | undefined =>
  existsSync(join(PEERS, path)) ? undefined : "not installed: run test/bench/peers/install.sh";

function runOnce({ program, parameters }: Contender): Measured {
  const output = execFileSync(program, parameters, {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Measured;
}

/** The last line of what a process said before it failed. */
function lastWords(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return said.trim().split("\n").at(-1) ?? "";
}

/** Runs contenders in turns, so that what else the machine does befalls all of them alike. */
export function contendInTurns(
  contenders: readonly Contender[],
  rounds: number,
): readonly Outcome[] {
  const outcomes = contenders.map((contender) => ({
    contender,
    runs: [] as Measured[],
    failure: contender.missing,
  }));
  for (let round = 0; round < rounds; round++) {
    for (const outcome of outcomes) {
      const used = outcome.runs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
      if (outcome.failure !== undefined || used > BUDGET_SECONDS) continue;
      process.stderr.write(`round ${round + 1}: ${outcome.contender.name}\n`);
      try {
        outcome.runs.push(runOnce(outcome.contender));
      } catch (error) {
        outcome.failure = `failed: ${lastWords(error)}`;
      }
    }
  }
  return outcomes.map(({ contender, runs, failure }) => ({
    contender,
    runs,
    ...(failure === undefined ? {} : { failure }),
  }));
}

/** The middle of the runs' CPU times, s; NaN without any. */
export function medianSeconds({ runs }: Outcome): number {
  const seconds = runs.map(({ cpuSeconds }) => cpuSeconds).toSorted((a, b) => a - b);
  const middle = seconds.length / 2;
  const [low = Number.NaN, high = low] = [
    seconds[Math.ceil(middle) - 1],
    seconds[Math.floor(middle)],
  ];
  return (low + high) / 2;
}
