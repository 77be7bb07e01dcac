import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DataError, JsonPlace } from "@aftershock/schema";
import {
  type BandCell,
  type BandModel,
  type BandTable,
  type ChanceCurve,
  plantedBands,
  UNVALIDATED_BANDS,
} from "@aftershock/strategy";
import { shippedFolder } from "./shippedFolder.ts";

const FILE = "planted.json";
const VERSION = 3;

function readCell(place: JsonPlace): BandCell {
  const fields = place.fields(
    ["kind", "metric", "days", "quantiles", "factor", "coverage50", "coverage90"],
    ["none"],
  );
  return {
    kind: fields.kind.text(),
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
  const { kind, middle, width, cases } = place.fields(["kind", "middle", "width", "cases"]);
  return {
    kind: kind.text(),
    middle: middle.number({}),
    width: width.number({ above: 0 }),
    cases: cases.number({ above: 0, whole: true }),
  };
}

function readTable(place: JsonPlace): BandTable {
  const { positions, cells, chances } = place.fields(["positions", "cells", "chances"]);
  return {
    positions: positions.oneOf(["snapshot", "prints"]),
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

/** No bands, as none were measured for positions of a kind: that is the reason that is told. */
export const unmeasuredBands = (positions: string): BandModel => ({
  band: () => ({ none: `bands were not measured for ${positions}` }),
});

/** The bands that come with the program (`data/bands/planted.json`), for a view of the positions; none for one that was not validated. */
export async function shippedBands(positions: BandTable["positions"]): Promise<BandModel> {
  const file = join(shippedFolder("bands", "the bands of counterfactuals"), FILE);
  const tables = parseBands(file, await readFile(file, "utf8"));
  const table = tables.find((one) => one.positions === positions);
  return table === undefined ? UNVALIDATED_BANDS : plantedBands(table);
}
