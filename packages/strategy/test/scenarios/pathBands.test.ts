import type { PathResult } from "@aftershock/cascade";
import { describe, expect, it } from "vitest";
import { type BandModel, UNVALIDATED_BANDS } from "../../src/index.ts";
import { pathBands } from "../../src/scenarios/pathBands.ts";

const path = (minutes: readonly number[]): PathResult => ({
  low: Math.min(...minutes),
  lowAt: 0,
  high: Math.max(...minutes),
  highAt: 0,
  low30: Math.min(...minutes),
  high30: Math.max(...minutes),
  last: minutes.at(-1) ?? Number.NaN,
  minutes,
  firstMinute: 0,
});
const wide: BandModel = {
  band: (_kind, _metric, [mid = 0]) => ({
    low: mid - 0.1,
    low50: mid - 0.05,
    mid,
    high50: mid + 0.05,
    high: mid + 0.1,
  }),
};

describe("bands of a path", () => {
  it("have no width before anything differs from the record, and that of the model from then on", () => {
    const bands = pathBands({
      rule: { kind: "twap", parameters: {} },
      bands: wide,
      logTick: Math.log(0.5),
      paths: [path([1, 1, 1.01]), path([1, 1, 1.02])],
      isMiddle: [true, true],
      recorded: path([1, 1, 1]),
      isRecord: false,
      noMid: undefined,
      areBounds: false,
    });
    expect(bands.p5.slice(0, 2)).toEqual(bands.p95.slice(0, 2));
    expect(bands.p50.slice(0, 2)).toEqual(bands.p5.slice(0, 2));
    expect((bands.p95[2] ?? 0) / (bands.p5[2] ?? 1)).toBeCloseTo(Math.exp(0.2), 9);
    expect(bands.calibrated).toBe(true);
  });

  it("have the middle of the draws that are no mere alternatives", () => {
    const bands = pathBands({
      rule: { kind: "twap", parameters: {} },
      bands: UNVALIDATED_BANDS,
      logTick: 0,
      paths: [path([1, 1.01]), path([1, 1.02]), path([1, 1.5])],
      isMiddle: [true, true, false],
      recorded: path([1, 1]),
      isRecord: false,
      noMid: undefined,
      areBounds: false,
    });
    expect(Math.log(bands.p50[1] ?? 0)).toBeCloseTo(1.015, 12);
    expect(Math.log(bands.p95[1] ?? 0)).toBeGreaterThan(1.4);
  });

  it("are known of the record alone where no print tells who was liquidated", () => {
    const of = (isRecord: boolean) =>
      pathBands({
        rule: { kind: "twap", parameters: {} },
        bands: UNVALIDATED_BANDS,
        logTick: 0,
        paths: [path([1, 1])],
        isMiddle: [true],
        recorded: path([1, 1]),
        isRecord,
        noMid: "untold",
        areBounds: false,
      });
    expect(of(true)).toMatchObject({ p50: [Math.E, Math.E], calibrated: true });
    expect(of(false)).toMatchObject({ p50: [null, null], calibrated: false });
  });

  it("have the middle of a model that withholds its bands", () => {
    const bands = pathBands({
      rule: { kind: "twap", parameters: {} },
      bands: { band: () => ({ none: "never covered", mid: 1.1 }) },
      logTick: 0,
      paths: [path([1, 1.01]), path([1, 1.02])],
      isMiddle: [true, true],
      recorded: path([1, 1]),
      isRecord: false,
      noMid: undefined,
      areBounds: false,
    });
    expect(bands.p50.map((price) => Math.log(price ?? 0))).toEqual([1, expect.closeTo(1.1, 12)]);
    expect(Math.log(bands.p95[1] ?? 0)).toBeLessThan(1.02 + 1e-12);
    expect(bands.calibrated).toBe(false);
  });
});
