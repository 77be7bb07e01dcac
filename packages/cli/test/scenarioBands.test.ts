import { EVERY_PRINT } from "@aftershock/cascade";
import { describe, expect, it } from "vitest";
import { type BandsRequest, scenarioBands } from "../src/scenarioBands.ts";

const INSTRUMENT = "sim:BTC-PERPETUAL";
const days = (count: number, instrument = INSTRUMENT) =>
  Array.from({ length: count }, (_, i) => ({
    instrument,
    date: `2001-02-${String(i + 1).padStart(2, "0")}`,
    dataHash: String(i),
    forcedNotional: 1,
    kappa: 1,
  }));
const AS_MEASURED: BandsRequest = {
  settings: { positions: "prints", flow: "printed", stepMillis: 100 },
  instrument: INSTRUMENT,
  kappa: EVERY_PRINT,
  calibration: { days: days(28) },
  isLeftOut: false,
};

const bandOf = async (change: Partial<BandsRequest>) =>
  (await scenarioBands({ ...AS_MEASURED, ...change })).band(
    { kind: "noLiquidations", parameters: {} },
    "low30",
    Float64Array.of(-0.05),
    -0.1,
  );

describe("the bands of a run", () => {
  it("are those that were measured, where the run is as it was then", async () => {
    expect(await bandOf({})).toHaveProperty("low50");
    expect(
      await bandOf({ settings: { ...AS_MEASURED.settings, positions: "snapshot" } }),
    ).toHaveProperty("low50");
  });

  it.each([
    ["without a calibration", { calibration: undefined }, "without a calibration"],
    [
      "where prints leave an unknown part out",
      { kappa: { ...EVERY_PRINT, low: 1, high: 6.3 } },
      "1 to 6.3 times as many as prints",
    ],
    [
      "by a calibration of another instrument",
      { calibration: { days: days(28, "sim:PEGD-PERPETUAL") } },
      "sim:PEGD-PERPETUAL",
    ],
    ["by a calibration of one day", { calibration: { days: days(1) } }, "of 32 days"],
    [
      "by a calibration that is too small without the day itself",
      { calibration: { days: days(24) }, isLeftOut: true },
      "this one has 23",
    ],
    ["with other steps", { settings: { ...AS_MEASURED.settings, stepMillis: 250 } }, "250"],
    [
      "of estimated forced flow",
      { settings: { ...AS_MEASURED.settings, flow: "estimated" } },
      "estimated forced flow",
    ],
    [
      "of a prior of leverage",
      { settings: { ...AS_MEASURED.settings, positions: "shadow" } },
      "shadow",
    ],
  ] as const)("are none %s, and say why", async (_, change, why) => {
    expect(await bandOf(change)).toEqual({ none: expect.stringContaining(why) });
  });
});
