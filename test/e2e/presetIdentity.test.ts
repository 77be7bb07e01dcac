import { PRESETS, type PresetName } from "@aftershock/simulator";
import { describe, expect, it } from "vitest";
import { recordedStreams } from "../validation/counterfactual/simulatedRecord.ts";
import {
  identityGrid,
  MARK_RULES,
  markRange,
  oneTickOff,
  placedAccounts,
  recordingOf,
  RESPONSES,
  runUnchanged,
} from "./identityGrid.ts";

/** Of presets whose news comes within an hour so many minutes, in which there are prints; of the others the first ones. */
const NEWS: Readonly<Record<string, number>> = { "crash-hour": 26, "short-squeeze": 26 };
const FIRST_MINUTES = 4;

describe("nothing changed, on each simulated preset, under every kernel, mark rule and position source", () => {
  it.each(Object.keys(PRESETS) as readonly PresetName[])(
    "is the record of %s, bit for bit, and a tick would be seen",
    async (preset) => {
      const hasNews = NEWS[preset] !== undefined;
      const streams = recordedStreams({ preset, seed: 5, minutes: NEWS[preset] ?? FIRST_MINUTES });
      const recording = await recordingOf(streams, { stepMicros: hasNews ? 2_000_000 : 500_000 });
      if (hasNews) expect(recording.prints.length).toBeGreaterThan(10);
      const [low, high] = markRange(recording);
      expect(high).toBeGreaterThan(low);
      const grid = identityGrid(recording);
      expect(grid.wrong).toEqual([]);
      expect(grid.runs).toBe(Object.keys(MARK_RULES).length * 2 * RESPONSES.length);
      expect(grid.liquidated.snapshot).toBeGreaterThan(0);
      expect(grid.liquidated.pinned).toBeGreaterThan(0);
      expect(grid.liquidatedOtherwise).toBeGreaterThan(0);
      const response = RESPONSES[0]!;
      const rules = Object.values(MARK_RULES)[0]!;
      const off = runUnchanged(oneTickOff(recording, 0.5), {
        rules,
        population: placedAccounts(recording),
        response,
      });
      expect(grid.hashes.has(off.record.recordHash)).toBe(false);
      expect(off.scenarios[0]?.pathHash).toBe(off.record.recordHash);
    },
    120_000,
  );
});
