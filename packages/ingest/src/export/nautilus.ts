import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isoMicros } from "@aftershock/schema";
import type { Duck } from "../duck.ts";
import {
  type Exported,
  type ExportedFile,
  type ExportJob,
  type ExportWriter,
  provenance,
  worthSaying,
} from "./exportFormat.ts";
import { feedsOf, type InstrumentFeed } from "./marketFeed.ts";
import { DATA_CLASSES, type DataClass } from "./nautilusClasses.ts";
import { nautilusName } from "./nautilusName.ts";
import { ColumnTable, FixedScale } from "./nautilusRows.ts";
import { ParquetFile } from "./parquetFile.ts";

/** Rows in a row group, at least, but for the last. */
const GROUP_ROWS = 65_536;

/** The name of a file, by the first and last ts_init in it (µs): `2024-08-05T01-15-00-123001000Z_….parquet`. */
function fileName(first: number, last: number): string {
  const ends = [first, last].map((at) => isoMicros(at).replace("Z", "000Z"));
  return `${ends.join("_").replaceAll(/[:.]/g, "-")}.parquet`;
}

/** Where a catalog is written, and what is counted on the way. */
interface Catalog {
  readonly root: string;
  readonly job: ExportJob;
  readonly duck: Duck;
  readonly note: (what: string, count?: number) => void;
}

/** Writes what a feed has of a class to a file; returns the rows written, and their first and last ts_init. */
async function writeFile(
  { job, duck, note }: Catalog,
  feed: InstrumentFeed,
  dataClass: DataClass,
  path: string,
): Promise<ColumnTable & { readonly written: number }> {
  const days = feed.days[dataClass.stream] ?? [];
  const price = new FixedScale(feed.instrument.tick, "price");
  const size = new FixedScale(feed.instrument.lot, "size");
  const file = await ParquetFile.create(path, dataClass.columns, {
    instrument_id: nautilusName(feed.instrument),
    price_precision: String(price.precision),
    size_precision: String(size.precision),
    aftershock: provenance(days, job.window),
  });
  const table = new ColumnTable(dataClass.columns);
  const what = `${feed.instrument.id} ${dataClass.stream}`;
  const of = days.reduce((sum, day) => sum + day.rows, 0);
  const flush = async (): Promise<void> => {
    await file.writeRows(table.rows, table.take());
    job.onProgress({ what, rows: file.rows, of });
  };
  try {
    for await (const _ of dataClass.write({ job, duck, feed, price, size, table, note })) {
      if (table.rows >= GROUP_ROWS) await flush();
    }
    await flush();
    await file.finish();
  } finally {
    await file.close();
  }
  return Object.assign(table, { written: file.rows });
}

/** Writes what a feed has of a class into the catalog; undefined when that is nothing. */
async function writeClass(
  catalog: Catalog,
  feed: InstrumentFeed,
  dataClass: DataClass,
): Promise<ExportedFile | undefined> {
  if ((feed.days[dataClass.stream] ?? []).length === 0) return undefined;
  const draft = join(catalog.root, "draft");
  const { first, last, written } = await writeFile(catalog, feed, dataClass, draft);
  if (first === undefined || last === undefined) {
    await rm(draft);
    return undefined;
  }
  const folder = `data/${dataClass.folder}/${nautilusName(feed.instrument)}`;
  const path = `${folder}/${fileName(first, last)}`;
  await mkdir(join(catalog.root, folder), { recursive: true });
  await rename(draft, join(catalog.root, path));
  return { path, rows: written };
}

/**
 * A Parquet catalog of nautilus_trader (`ParquetDataCatalog`), in its high precision: trade ticks, quote ticks and order book
 * deltas, ordered by ts_init, which is the recorder's clock; `data/<class>/<instrument>/<first>_<last>.parquet`. Instruments are
 * not in it: their margins and fees are not known here. Source of the layout: nautilus_trader 1.221, persistence/catalog/parquet.py.
 */
export const nautilusCatalog: ExportWriter = async (job, { path }): Promise<Exported> => {
  const notes: Record<string, number> = {};
  const note = (what: string, count = 1): void => {
    notes[what] = (notes[what] ?? 0) + count;
  };
  const catalog = { root: path, job, duck: await job.openDuck(), note };
  const files: ExportedFile[] = [];
  await mkdir(path);
  for (const feed of feedsOf(job)) {
    for (const dataClass of DATA_CLASSES) {
      const file = await writeClass(catalog, feed, dataClass);
      if (file !== undefined) files.push(file);
    }
  }
  return { files, notes: worthSaying(notes) };
};
