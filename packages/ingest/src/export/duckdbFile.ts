import { formatDecimal, type Instrument } from "@aftershock/schema";
import { type Duck, sqlName, sqlString } from "../duck.ts";
import type { Manifest } from "../store/manifest.ts";
import { type Exported, type ExportJob, type ExportWriter, overlapping } from "./exportFormat.ts";
import { rowsOf, selectRows, streamsOf } from "./tableRows.ts";
import { copyRows } from "./tables.ts";

const text = (value: string | null): string => (value === null ? "NULL" : sqlString(value));

const time = (at: number | undefined): string =>
  at === undefined ? "NULL" : `make_timestamp(${at})`;

const INSTRUMENTS = `id VARCHAR, venue VARCHAR, symbol VARCHAR, kind VARCHAR, contract VARCHAR, multiplier DOUBLE, base VARCHAR,
  quote VARCHAR, settle VARCHAR, tick VARCHAR, lot VARCHAR, gridSource VARCHAR, validFrom TIMESTAMP, validTo TIMESTAMP`;

const instrumentRow = (one: Instrument): string =>
  [
    ...[one.id, one.venue, one.symbol, one.kind, one.contract].map(text),
    `${one.multiplier}::DOUBLE`,
    ...[one.base, one.quote, one.settle].map(text),
    ...[formatDecimal(one.tick), formatDecimal(one.lot), one.gridSource].map(text),
    time(one.validFrom),
    time(one.validTo),
  ].join(", ");

const PARTITIONS = `stream VARCHAR, instrument VARCHAR, date DATE, rows BIGINT, firstTime TIMESTAMP, lastTime TIMESTAMP, tick VARCHAR,
  lot VARCHAR, rowsSha256 VARCHAR, simulated BOOLEAN, simulation JSON, loader VARCHAR, loaderVersion BIGINT, sources JSON, quality JSON`;

const partitionRow = (day: Manifest): string =>
  [
    text(day.stream),
    text(day.instrument.id),
    `DATE ${text(day.date)}`,
    String(day.rows),
    time(day.firstTime),
    time(day.lastTime),
    text(formatDecimal(day.instrument.tick)),
    text(formatDecimal(day.instrument.lot)),
    text(day.rowsSha256),
    String(day.simulated !== null),
    text(day.simulated === null ? null : JSON.stringify(day.simulated)),
    text(day.loader.name),
    String(day.loader.version),
    text(JSON.stringify(day.sources)),
    text(JSON.stringify(day.quality)),
  ].join(", ");

async function createTable(
  duck: Duck,
  name: string,
  columns: string,
  rows: readonly string[],
): Promise<void> {
  await duck.run(`CREATE TABLE exported.${sqlName(name)} (${columns})`);
  for (const row of rows) await duck.run(`INSERT INTO exported.${sqlName(name)} VALUES (${row})`);
}

/** Each set of terms once: an instrument whose terms changed stands there once for each. */
const distinctInstruments = (days: readonly Manifest[]): readonly Instrument[] => [
  ...new Map(days.map(({ instrument }) => [JSON.stringify(instrument), instrument])).values(),
];

async function writeTables(duck: Duck, job: ExportJob): Promise<number> {
  let total = 0;
  for (const rows of streamsOf(job)) {
    job.onProgress({ what: rows.stream, rows: 0, of: rowsOf(rows) });
    const count = await copyRows(
      duck,
      job,
      rows,
      `CREATE TABLE exported.${sqlName(rows.stream)} AS ${selectRows(job, rows)}`,
    );
    job.onProgress({ what: rows.stream, rows: count, of: rowsOf(rows) });
    total += count;
  }
  return total;
}

/**
 * A DuckDB database: a table a stream, prices and sizes as DECIMAL; `instruments` with the terms of each, and `partitions` with what
 * the lake says of where the rows come from (as it is there: of the whole day, also where a window took less).
 */
export const duckdbFile: ExportWriter = async (job, { path, name }): Promise<Exported> => {
  const duck = await job.openDuck();
  const days = overlapping(job.partitions, job.window);
  await duck.run(`ATTACH ${sqlString(path)} AS exported`);
  const rows = await writeTables(duck, job);
  await createTable(duck, "instruments", INSTRUMENTS, distinctInstruments(days).map(instrumentRow));
  await createTable(duck, "partitions", PARTITIONS, days.map(partitionRow));
  await duck.run("DETACH exported");
  return { files: [{ path: name, rows }], notes: {} };
};
