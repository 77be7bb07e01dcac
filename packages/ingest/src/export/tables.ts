import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { IntegrityError } from "@aftershock/schema";
import { type Duck, sqlString } from "../duck.ts";
import { damagedRows } from "../store/columnReader.ts";
import {
  type Exported,
  type ExportedFile,
  type ExportJob,
  type ExportWriter,
  onlyOne,
  provenance,
} from "./exportFormat.ts";
import { rowsOf, selectRows, type StreamRows, streamsOf } from "./tableRows.ts";

/** Runs what copies a stream's rows, and makes sure that it took them all. Returns how many they were. */
export async function copyRows(
  duck: Duck,
  { window, lake }: ExportJob,
  rows: StreamRows,
  statement: string,
): Promise<number> {
  const [copied] = await duck.rows(statement).catch((cause: unknown) => {
    const file = /["']([^"']*\.parquet)["']/.exec(String(cause))?.[1];
    throw file?.startsWith(lake.paths.root) === true ? damagedRows(file, cause) : cause;
  });
  const count = Number(copied?.["Count"]);
  const whole = window.from === undefined && window.to === undefined;
  if (whole && count !== rowsOf(rows)) {
    throw new IntegrityError(
      `the ${rows.stream} partitions hold ${count} rows, their manifests say ${rowsOf(rows)}`,
      { hints: ["Delete the partitions' folders, and ingest their sources again."] },
    );
  }
  return count;
}

/** SQL: how DuckDB writes a stream to a file whose name ends so. */
type CopyOptions = (job: ExportJob, rows: StreamRows, name: string) => string;

const parquetOptions: CopyOptions = ({ window }, { days }) =>
  `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, KV_METADATA {aftershock: ${sqlString(provenance(days, window))}}`;

const csvOptions: CopyOptions = (_, __, name) =>
  `FORMAT csv, HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%fZ', COMPRESSION ${name.endsWith(".gz") ? "gzip" : "none"}`;

/** A writer of one table file a stream. */
function tableWriter(extension: string, options: CopyOptions): ExportWriter {
  async function copy(
    job: ExportJob,
    duck: Duck,
    rows: StreamRows,
    path: string,
    name: string,
  ): Promise<ExportedFile> {
    job.onProgress({ what: rows.stream, rows: 0, of: rowsOf(rows) });
    const count = await copyRows(
      duck,
      job,
      rows,
      `COPY (${selectRows(job, rows)}) TO ${sqlString(path)} (${options(job, rows, name)})`,
    );
    job.onProgress({ what: rows.stream, rows: count, of: rowsOf(rows) });
    return { path: name, rows: count };
  }
  return async (job, { path, name, isFolder }): Promise<Exported> => {
    const duck = await job.openDuck();
    const streams = streamsOf(job);
    if (!isFolder) {
      const rows = onlyOneStream(streams);
      return { files: [await copy(job, duck, rows, path, name)], notes: {} };
    }
    await mkdir(path);
    const files: ExportedFile[] = [];
    for (const rows of streams) {
      const file = `${rows.stream}${extension}`;
      files.push(await copy(job, duck, rows, join(path, file), file));
    }
    return { files, notes: {} };
  };
}

/** The stream of an export into one file. Throws ConfigError when there are several. */
export const onlyOneStream = (streams: readonly StreamRows[]): StreamRows =>
  onlyOne(
    streams,
    `one file holds one stream, and there are ${streams.map(({ stream }) => stream).join(", ")}`,
    "Choose one with --streams, or name a folder with --out.",
  );

/** Parquet, zstd: prices and sizes as DECIMAL, `aftershock` in the file's metadata saying where the rows come from. */
export const parquetTables: ExportWriter = tableWriter(".parquet", parquetOptions);

/** CSV with a header, RFC 4180: exact decimals, `time` as ISO 8601 UTC, clocks in µs, absent values empty. Gzipped when the name ends in .gz. */
export const csvTables: ExportWriter = tableWriter(".csv", csvOptions);
