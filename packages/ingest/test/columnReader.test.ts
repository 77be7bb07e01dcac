import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Duck, openDuck, sqlString } from "../src/duck.ts";
import { BATCH_ROWS, readColumns } from "../src/store/columnReader.ts";

/** More than two batches. */
const ROWS = 2 * BATCH_ROWS + 10;

let folder: string;
let duck: Duck;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-columns-"));
  duck = await openDuck();
});
afterAll(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

async function writtenTrades(name: string): Promise<string> {
  const path = join(folder, name);
  const select = `SELECT i AS "tsEvent", i AS "tsRecv", i AS seq, i::VARCHAR AS "tradeId", 1::TINYINT AS side, i AS price, 1 AS size FROM range(${ROWS}) t(i)`;
  await duck.run(`COPY (${select}) TO ${sqlString(path)} (FORMAT parquet)`);
  return path;
}

describe("the columns of partitions", () => {
  it("are read side by side, batch by batch in turns, each to its end", async () => {
    const paths = [await writtenTrades("one.parquet"), await writtenTrades("two.parquet")];
    const readings = paths.map((path) => readColumns(duck, "trades", path, ROWS));
    const rows = [0, 0];
    for (let turn = 0; turn < 4; turn++) {
      for (const [i, reading] of readings.entries()) {
        const { value, done } = await reading.next();
        if (done !== true) rows[i] = (rows[i] ?? 0) + value.length;
      }
    }
    expect(rows).toEqual([ROWS, ROWS]);
  });
});
