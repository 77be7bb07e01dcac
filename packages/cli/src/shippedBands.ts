import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DataError, JsonPlace } from "@aftershock/schema";
import {
  type BandCell,
  type BandTable,
  type ChanceCurve,
  type PlantedRule,
} from "@aftershock/strategy";
import { shippedFolder } from "./shippedFolder.ts";

const FILE = "planted.json";
const VERSION = 5;

function readCell(place: JsonPlace): BandCell {
  const fields = place.fields(
    ["rule", "metric", "days", "quantiles", "factor", "coverage50", "coverage90"],
    ["none"],
  );
  return {
    rule: fields.rule.text(),
    metric: fields.metric.text(),
    days: fields.days.number({ above: 0, whole: true }),
    quantiles: fields.quantiles.list((quantile) => quantile.number({})),
    factor: fields.factor.number({ from: 0 }),
    coverage50: fields.coverage50.number({ from: 0, to: 1 }),
    coverage90: fields.coverage90.number({ from: 0, to: 1 }),
    none: fields.none?.text(),
  };
}

function readCurve(place: JsonPlace): ChanceCurve {
  const { rule, middle, width, cases } = place.fields(["rule", "middle", "width", "cases"]);
  return {
    rule: rule.text(),
    middle: middle.number({}),
    width: width.number({ above: 0 }),
    cases: cases.number({ above: 0, whole: true }),
  };
}

function readPlanted(place: JsonPlace): PlantedRule {
  const { rule, kind, name, parameters } = place.fields(["rule", "kind", "name", "parameters"]);
  const values: Record<string, string | number> = {};
  for (const [key, value] of parameters.entries()) {
    values[key] = typeof value.value === "string" ? value.text() : value.number({});
  }
  return { rule: rule.text(), kind: kind.text(), name: name.text(), parameters: values };
}

function readTable(place: JsonPlace): BandTable {
  const { positions, calibrationDays, stepMillis, planted, cells, chances } = place.fields([
    "positions",
    "calibrationDays",
    "stepMillis",
    "planted",
    "cells",
    "chances",
  ]);
  return {
    positions: positions.oneOf(["snapshot", "prints"]),
    calibrationDays: calibrationDays.number({ above: 0, whole: true }),
    stepMillis: stepMillis.number({ above: 0 }),
    planted: planted.list(readPlanted),
    cells: cells.list(readCell),
    chances: chances.list(readCurve),
  };
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${file} is no JSON`, {
      cause,
      hints: ["Install the program again: bands come with it."],
    });
  }
}

/** Reads tables of bands. Throws DataError naming the place of what is wrong. */
export function parseBands(file: string, text: string): readonly BandTable[] {
  const { version, tables } = new JsonPlace(file, jsonOf(file, text)).fields(["version", "tables"]);
  const found = version.number({ whole: true });
  if (found !== VERSION) {
    throw new DataError(`${file} is of version ${found}, and this program reads ${VERSION}`, {
      hints: ["Install the program again: bands come with it."],
    });
  }
  return tables.list(readTable);
}

/** The table of bands that comes with the program (`data/bands/planted.json`), for a view of the positions; undefined for one that was not validated. */
export async function shippedBands(
  positions: BandTable["positions"],
): Promise<BandTable | undefined> {
  const file = join(shippedFolder("bands", "the bands of counterfactuals"), FILE);
  const tables = parseBands(file, await readFile(file, "utf8"));
  return tables.find((one) => one.positions === positions);
}
