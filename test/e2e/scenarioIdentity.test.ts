import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PRESETS } from "@aftershock/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json } from "./aftershock.ts";

interface Run {
  readonly scenarios: readonly { readonly pathHash: string; readonly recordHash: string }[];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-identity-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Presets whose news comes within so many minutes: there are prints to pin positions to. Of the others the first minutes are looked at. */
const NEWS: Readonly<Record<string, number>> = { "crash-hour": 26, "short-squeeze": 26 };
const QUIET_MINUTES = 4;

describe("nothing changed, through the command, on each simulated preset", () => {
  it.each(Object.entries(PRESETS))(
    "is the record of %s, with positions of a snapshot, and of prints where there are any",
    async (preset, { traded: { perpetual } }) => {
      const lake = join(folder, preset);
      const window = [
        "--from",
        "2001-03-01T12:00:00Z",
        "--minutes",
        String(NEWS[preset] ?? QUIET_MINUTES),
      ];
      await json(lake, "simulate", preset, "--seed", "5", "--impact", "0", ...window);
      for (const positions of NEWS[preset] === undefined ? ["snapshot"] : ["snapshot", "prints"]) {
        const path = join(folder, `${preset}-${positions}.ts`);
        await writeFile(
          path,
          `import { defineStudy, noChange } from "aftershock";
export default defineStudy({ day: "2001-03-01", venue: "sim", scenarios: [noChange()], counterfactual: { instrument: "${perpetual.id}", positions: "${positions}" } });
`,
        );
        const out = ["--out", join(folder, `${preset}-${positions}`)];
        const [same] = (await json<Run>(lake, "run", path, ...out)).scenarios;
        expect(same?.pathHash).toMatch(/^[0-9a-f]{16}$/);
        expect(same?.pathHash).toBe(same?.recordHash);
      }
    },
    120_000,
  );
});
