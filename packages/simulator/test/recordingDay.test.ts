import { isoMicros, MICROS_PER_DAY, micros, utcDate } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PRESETS, recordingStart, SIMULATED_FROM, simulate, simulateTruth } from "../src/index.ts";

const presets = Object.values(PRESETS);

describe("the day of a recording", () => {
  test("is the same for the demo as ever", () => {
    expect(recordingStart(PRESETS["crash-hour"], 1)).toBe(SIMULATED_FROM);
    expect(isoMicros(SIMULATED_FROM)).toBe("2001-01-01T12:00:00.000000Z");
  });

  test("is another for each preset and each of 365 seeds, so that none displaces another in a lake", () => {
    const dates = presets.flatMap((preset) =>
      Array.from({ length: 365 }, (_, seed) => utcDate(recordingStart(preset, seed))),
    );
    expect(new Set(dates).size).toBe(365 * presets.length);
  });

  test("lies before the first block of Bitcoin under any seed, at the preset's time of day", () => {
    const firstBlock = 1_231_006_505e6;
    fc.assert(
      fc.property(
        fc.constantFrom(...presets),
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        (preset, seed) => {
          const from = recordingStart(preset, seed);
          expect(from).toBeGreaterThanOrEqual(preset.from);
          expect(from).toBeLessThan(firstBlock - 2 * MICROS_PER_DAY);
          expect(from % MICROS_PER_DAY).toBe(preset.from % MICROS_PER_DAY);
        },
      ),
    );
  });

  test("is where the truth and the rows lie, unless another is asked for, and changes nothing else of the market", () => {
    const options = { seed: 3, minutes: 1 };
    const day = simulate(options);
    const own = recordingStart(PRESETS["crash-hour"], 3);
    expect(utcDate(own)).toBe("2001-01-03");
    for (const { columns } of day.batches()) {
      expect(columns.tsEvent[0]).toBeGreaterThanOrEqual(own);
      expect(columns.tsEvent[0]).toBeLessThan(own + 60e6);
    }
    expect(day.truth.from).toBe(own);
    const elsewhere = simulateTruth({ ...options, from: micros(SIMULATED_FROM) });
    expect(elsewhere.from).toBe(SIMULATED_FROM);
    expect({ ...elsewhere.minutes, at: [] }).toEqual({ ...day.truth.minutes, at: [] });
  });
});
