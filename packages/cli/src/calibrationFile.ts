import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { KernelFits } from "@aftershock/cascade";
import { DataError, JsonPlace } from "@aftershock/schema";
import { shippedFolder } from "./shippedFolder.ts";
import { writeWhole } from "./writeWhole.ts";

/** What the file is, and the version of its layout: raised when it changes. */
const KIND = "aftershock calibration";
const VERSION = 2;

/** A day that was calibrated on. */
export interface CalibratedDay {
  /** `venue:SYMBOL`. */
  readonly instrument: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  /** Of all rows that were read, 64 hexadecimal digits. */
  readonly dataHash: string;
  /** Forced notional that hit the book, κ included, quote currency. */
  readonly forcedNotional: number;
  /** How many times what was printed was taken to be forced. */
  readonly kappa: number;
}

/** The kernels of price and index: the estimate first, then one a bootstrap draw. */
export interface StoredFits {
  /** Median depth of a side within 25 bp, quote currency, at which slopes hold. */
  readonly referenceDepth: number;
  readonly price: readonly KernelFits[];
  readonly index: readonly KernelFits[];
}

/** A calibration as it is kept. Slopes are natural logarithms of the price a unit of quote currency; times seconds. */
export interface Calibration {
  /** Version of the program that made it. */
  readonly program: string;
  readonly simulated: boolean;
  readonly days: readonly CalibratedDay[];
  /** Power of depth with which slopes fall. */
  readonly depthPower: number;
  /** Concavity of the power-law kernel, and the flow of a step at which it agrees with a linear one, quote currency; length of that step, s. */
  readonly sizePower: number;
  readonly unit: number;
  readonly stepSeconds: number;
  /** Length of a bin of the regression, and how far the response is followed, s. */
  readonly binSeconds: number;
  readonly horizonSeconds: number;
  /** From all days. */
  readonly total: StoredFits;
  /** The response with everybody else held still, for comparison: the estimate alone. Not for use. */
  readonly bare: { readonly price: KernelFits; readonly index: KernelFits };
  /** Bootstrap draws that were left out as their response does not die down. */
  readonly unstable: number;
  /** Without one day each, in the order of `days`; empty where that was not asked for. */
  readonly without: readonly StoredFits[];
}

const UNITS = {
  slope:
    "natural logarithm of price per unit of quote currency of forced flow, at the reference depth",
  referenceDepth: "quote currency within 25 bp of the mid, one side",
  tauSeconds: "s",
  scaleSeconds: "s",
  unit: "quote currency of forced flow in a step of stepSeconds",
} as const;

/** Writes a calibration: the file appears whole, in place of one that is there. */
export const writeCalibration = (path: string, calibration: Calibration): Promise<void> =>
  writeWhole(
    path,
    `${JSON.stringify({ kind: KIND, version: VERSION, units: UNITS, ...calibration }, undefined, 2)}\n`,
  );

function readFits(place: JsonPlace): KernelFits {
  const { exponential, powerLaw, mixture } = place.fields(
    [],
    ["exponential", "powerLaw", "mixture"],
  );
  const slopeOf = (slope: JsonPlace): number => slope.number({ above: 0 });
  const errorOf = (error: JsonPlace): number => error.number({ from: 0 });
  const readExponential = (fit: JsonPlace): KernelFits["exponential"] => {
    const { kind, slope, tauSeconds, permanentShare, relativeError } = fit.fields([
      "kind",
      "slope",
      "tauSeconds",
      "permanentShare",
      "relativeError",
    ]);
    return {
      kind: kind.oneOf(["exponential"]),
      slope: slopeOf(slope),
      tauSeconds: tauSeconds.number({ above: 0 }),
      permanentShare: permanentShare.number({ from: 0, to: 1 }),
      relativeError: errorOf(relativeError),
    };
  };
  const readPowerLaw = (fit: JsonPlace): KernelFits["powerLaw"] => {
    const { kind, slope, scaleSeconds, decayPower, cutoffSeconds, relativeError } = fit.fields([
      "kind",
      "slope",
      "scaleSeconds",
      "decayPower",
      "cutoffSeconds",
      "relativeError",
    ]);
    return {
      kind: kind.oneOf(["powerLaw"]),
      slope: slopeOf(slope),
      scaleSeconds: scaleSeconds.number({ above: 0 }),
      decayPower: decayPower.number({ above: 0 }),
      cutoffSeconds: cutoffSeconds.number({ above: 0 }),
      relativeError: errorOf(relativeError),
    };
  };
  const readMixture = (fit: JsonPlace): KernelFits["mixture"] => {
    const { kind, slope, parts, relativeError } = fit.fields([
      "kind",
      "slope",
      "parts",
      "relativeError",
    ]);
    return {
      kind: kind.oneOf(["mixture"]),
      slope: slopeOf(slope),
      parts: parts.list((part) => {
        const { share, tauSeconds } = part.fields(["share", "tauSeconds"]);
        return {
          share: share.number({ from: 0, to: 1 }),
          tauSeconds: tauSeconds.number({ above: 0 }),
        };
      }),
      relativeError: errorOf(relativeError),
    };
  };
  return {
    exponential: exponential && readExponential(exponential),
    powerLaw: powerLaw && readPowerLaw(powerLaw),
    mixture: mixture && readMixture(mixture),
  };
}

function readStoredFits(place: JsonPlace): StoredFits {
  const { referenceDepth, price, index } = place.fields(["referenceDepth", "price", "index"]);
  return {
    referenceDepth: referenceDepth.number({ above: 0 }),
    price: price.list(readFits),
    index: index.list(readFits),
  };
}

function readDay(place: JsonPlace): CalibratedDay {
  const { instrument, date, dataHash, forcedNotional, kappa } = place.fields([
    "instrument",
    "date",
    "dataHash",
    "forcedNotional",
    "kappa",
  ]);
  return {
    instrument: instrument.text(/^[^:]+:.+$/, "venue:SYMBOL"),
    date: date.text(/^\d{4}-\d{2}-\d{2}$/, "a UTC day"),
    dataHash: dataHash.text(/^[0-9a-f]{64}$/, "64 hexadecimal digits"),
    forcedNotional: forcedNotional.number({ from: 0 }),
    kappa: kappa.number({ from: 1 }),
  };
}

function checkHead(place: JsonPlace): void {
  const [kind, version] = [place.at("kind"), place.at("version")];
  if (kind.value !== KIND) {
    throw place.wrong("a calibration", "Name a file that `aftershock calibrate … --out` wrote.");
  }
  if (version.value !== VERSION) {
    throw version.wrong(
      `${VERSION}`,
      "Make it again with `aftershock calibrate`: its layout has changed.",
    );
  }
}

/** Reads a calibration from JSON, checking all of it. Throws DataError naming file, place, what is there and what should be. */
export function calibrationOf(place: JsonPlace): Calibration {
  checkHead(place);
  const fields = place.fields(
    [
      "kind",
      "version",
      "units",
      "program",
      "simulated",
      "days",
      "depthPower",
      "sizePower",
      "unit",
      "stepSeconds",
      "binSeconds",
      "horizonSeconds",
      "total",
      "bare",
      "unstable",
      "without",
    ],
    [],
  );
  const days = fields.days.list(readDay);
  const without = fields.without.list(readStoredFits, { mayBeEmpty: true });
  if (without.length !== 0 && without.length !== days.length) {
    throw fields.without.wrong(`empty, or of ${days.length} items, one for each day`);
  }
  const bare = fields.bare.fields(["price", "index"]);
  return {
    program: fields.program.text(),
    simulated: fields.simulated.flag(),
    days,
    depthPower: fields.depthPower.number({ from: 0 }),
    sizePower: fields.sizePower.number({ above: 0, to: 1 }),
    unit: fields.unit.number({ above: 0 }),
    stepSeconds: fields.stepSeconds.number({ above: 0 }),
    binSeconds: fields.binSeconds.number({ above: 0 }),
    horizonSeconds: fields.horizonSeconds.number({ above: 0 }),
    total: readStoredFits(fields.total),
    bare: { price: readFits(bare.price), index: readFits(bare.index) },
    unstable: fields.unstable.number({ from: 0, whole: true }),
    without,
  };
}

/** Before the name of a calibration that comes with the program. */
const SHIPPED = "shipped:";

/** Where a calibration lies that a study names: a path from its folder, or `shipped:NAME` for one that comes with the program. */
export function calibrationPath(named: string, folder: string): string {
  if (!named.startsWith(SHIPPED)) return resolve(folder, named);
  return join(shippedFolder("calibration", "calibrations"), `${named.slice(SHIPPED.length)}.json`);
}

/** A calibration that was read, and the sha256 of its file. */
export interface ReadCalibration extends Calibration {
  readonly sha256: string;
}

/** Reads the file of a calibration. Throws DataError where there is none, it is not JSON, or not what it should be. */
export async function readCalibration(path: string): Promise<ReadCalibration> {
  if (!existsSync(path)) {
    throw new DataError(`${path}: no such calibration`, {
      hints: ["Make one: `aftershock calibrate venue:SYMBOL/YYYY-MM-DD … --out FILE.json`."],
    });
  }
  const text = await readFile(path, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${path}: is not JSON`, {
      cause,
      hints: ["Make it again with `aftershock calibrate`."],
    });
  }
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { ...calibrationOf(new JsonPlace(path, value)), sha256 };
}
