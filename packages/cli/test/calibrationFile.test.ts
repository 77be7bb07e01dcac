import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError, JsonPlace } from "@aftershock/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Calibration,
  calibrationOf,
  calibrationPath,
  readCalibration,
  writeCalibration,
} from "../src/calibrationFile.ts";

const FITS = {
  exponential: {
    kind: "exponential",
    slope: 4e-10,
    tauSeconds: 90,
    permanentShare: 0,
    relativeError: 0.3,
  },
  powerLaw: {
    kind: "powerLaw",
    slope: 6e-10,
    scaleSeconds: 200,
    decayPower: 1,
    cutoffSeconds: 300,
    relativeError: 0.3,
  },
  mixture: {
    kind: "mixture",
    slope: 1e-9,
    parts: [
      { share: 0.25, tauSeconds: 3 },
      { share: 0.75, tauSeconds: 600 },
    ],
    relativeError: 0.4,
  },
} as const;
const NONE = { exponential: undefined, powerLaw: undefined, mixture: undefined };
const STORED = { referenceDepth: 4e6, price: [FITS, FITS], index: [FITS, NONE] };

const CALIBRATION: Calibration = {
  program: "0.1.0",
  simulated: true,
  days: [
    {
      instrument: "sim:BTC-PERPETUAL",
      date: "2001-02-01",
      dataHash: "ab".repeat(32),
      forcedNotional: 7e7,
      kappa: 1,
    },
  ],
  depthPower: 0.5,
  sizePower: 0.7,
  unit: 40_000,
  stepSeconds: 0.1,
  binSeconds: 5,
  horizonSeconds: 900,
  total: STORED,
  bare: { price: FITS, index: NONE },
  unstable: 0,
  without: [STORED],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-calibration-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The document of the example with something changed in it. */
async function changed(change: (document: Record<string, unknown>) => void): Promise<JsonPlace> {
  const path = join(folder, "changed.json");
  await writeCalibration(path, CALIBRATION);
  const document = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  change(document);
  return new JsonPlace("c.json", document);
}

describe("a calibration", () => {
  it("is read as it was written, with the hash of its file", async () => {
    const path = join(folder, "c.json");
    await writeCalibration(path, CALIBRATION);
    const { sha256, ...found } = await readCalibration(path);
    expect(found).toEqual(CALIBRATION);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, (document: Record<string, unknown>) => void]>([
    ["is not a calibration", (document) => (document["kind"] = "study")],
    ["version: 9 is not 2", (document) => (document["version"] = 9)],
    ["days: ", (document) => (document["days"] = [])],
    ["known here", (document) => (document["extra"] = 1)],
    ["sizePower: 2 is not", (document) => (document["sizePower"] = 2)],
    [
      "without: ",
      (document) => (document["without"] = JSON.parse(JSON.stringify([STORED, STORED]))),
    ],
    ["must stand here", (document) => delete document["total"]],
  ])("is refused with the place of what is wrong: %s", async (says, change) => {
    const place = await changed(change);
    expect(() => calibrationOf(place)).toThrow(DataError);
    expect(() => calibrationOf(place)).toThrow(says);
    expect(() => calibrationOf(place)).toThrow(/^c\.json/);
  });

  it("is named by a path from the study's folder, or as one that comes with the program", async () => {
    expect(calibrationPath("a/b.json", "/study")).toBe(join("/study", "a/b.json"));
    const shipped = await readCalibration(calibrationPath("shipped:sim-crash-hour", "/study"));
    expect(shipped.simulated).toBe(true);
    expect(shipped.days.length).toBeGreaterThanOrEqual(12);
    expect(shipped.total.price[0]?.exponential?.slope).toBeGreaterThan(0);
  });
});
