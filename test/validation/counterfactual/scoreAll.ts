import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RuleScore } from "./evaluateDay.ts";
import type { ScoreRequest } from "./scoreDays.ts";

/** Runs a share of the days in a process of its own. */
function scoreShard(request: ScoreRequest, out: string): Promise<void> {
  const args = Object.entries({ ...request, out }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${FLAGS[name] ?? name}`, String(value)],
  );
  const script = join(import.meta.dirname, "scoreDays.ts");
  const child = spawn(process.execPath, ["--conditions=@aftershock/source", script, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`A process that scored days ended with ${code}`));
    });
  });
}

const FLAGS: Readonly<Record<string, string>> = { firstSeed: "first" };

/** Scores days in some processes at once. */
export async function scoreAll(
  request: Omit<ScoreRequest, "shard" | "of">,
  processes: number,
): Promise<readonly RuleScore[]> {
  const folder = mkdtempSync(join(tmpdir(), "planted-scores-"));
  try {
    const files = Array.from({ length: processes }, (_, shard) => join(folder, `${shard}.json`));
    await Promise.all(
      files.map((file, shard) => scoreShard({ ...request, shard, of: processes }, file)),
    );
    const scores = files.flatMap((file) => JSON.parse(readFileSync(file, "utf8")) as RuleScore[]);
    return scores.toSorted((a, b) => a.family.localeCompare(b.family) || a.seed - b.seed);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
