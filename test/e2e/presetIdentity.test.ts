import { MICROS_PER_HOUR, micros } from "@aftershock/schema";
import {
  PRESETS,
  type PresetName,
  recordingStart,
  type SimulateOptions,
} from "@aftershock/simulator";
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

const STEP_MICROS = 2_000_000;
const SEED = 5;
/** A bleed that begins to liquidate soon after its first headline. */
const EARLY_BLEED = 4;

/** A preset's market with its first news at a minute of the recording. */
const newsAt = (preset: PresetName, minute: number): Pick<SimulateOptions, "market"> => ({
  market: {
    value: {
      news: PRESETS[preset].market.value.news.slice(0, 1).map((first) => ({ ...first, minute })),
    },
  },
});

/** Of each preset so many minutes that prices move and, but for the calm day, the market liquidates some; news that would come after hours comes sooner. */
const WINDOWS: Readonly<Record<PresetName, SimulateOptions>> = {
  "crash-hour": { seed: SEED, minutes: 26 },
  "crash-day": {
    seed: SEED,
    minutes: 14,
    // Funding is exchanged at 08:00, while prices fall.
    from: micros(recordingStart(PRESETS["crash-day"], SEED) + 7.8 * MICROS_PER_HOUR),
    ...newsAt("crash-day", 10),
  },
  "slow-bleed": { seed: EARLY_BLEED, minutes: 30, ...newsAt("slow-bleed", 20) },
  "short-squeeze": { seed: SEED, minutes: 26 },
  "calm-day": { seed: SEED, minutes: 12 },
  depeg: { seed: SEED, minutes: 22, ...newsAt("depeg", 10) },
};

/** The least range of the mark in a window, a share of its lowest; without news nobody is liquidated, and prices wander. */
const leastRange = (preset: PresetName): number => (preset === "calm-day" ? 0.003 : 0.01);

describe("nothing changed, on each simulated preset, under every kernel, mark rule and position source", () => {
  it.each(Object.keys(PRESETS) as readonly PresetName[])(
    "is the record of %s, bit for bit, and a tick would be seen",
    async (preset) => {
      const streams = recordedStreams({ ...WINDOWS[preset], preset });
      const recording = await recordingOf(streams, { stepMicros: STEP_MICROS });
      const [low, high] = markRange(recording);
      expect(high / low - 1).toBeGreaterThan(leastRange(preset));
      if (preset !== "calm-day") expect(recording.prints.length).toBeGreaterThan(10);
      const grid = identityGrid(recording);
      expect(grid.wrong).toEqual([]);
      expect(grid.runs).toBe(Object.keys(MARK_RULES).length * 2 * RESPONSES.length);
      expect(grid.liquidated.snapshot).toBeGreaterThanOrEqual(8);
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
