import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { DataError, isoMicros } from "@aftershock/schema";
import { type Duck, openDuck } from "../duck.ts";
import type { Lake } from "../store/lake.ts";
import type { Manifest } from "../store/manifest.ts";
import { arrowTables } from "./arrowTables.ts";
import { duckdbFile } from "./duckdbFile.ts";
import {
  type Exported,
  type ExportFormat,
  type ExportProgress,
  type ExportWindow,
  type ExportWriter,
  overlapping,
} from "./exportFormat.ts";
import { ExportTarget } from "./exportTarget.ts";
import { hftbacktestFiles } from "./hftbacktest.ts";
import { nautilusCatalog } from "./nautilus.ts";
import { csvTables, parquetTables } from "./tables.ts";

/** What to export, into what, and where. */
export interface ExportOptions extends ExportWindow {
  readonly lake: Lake;
  /**
   * The partitions of the instruments and streams wanted; for the formats that rebuild books, also those from before the window
   * (from its last snapshot on).
   */
  readonly partitions: readonly Manifest[];
  readonly format: ExportFormat;
  /** Where the export goes; the folder that it lies in must exist. */
  readonly out: string;
  /** Replace a file, or a folder with an earlier export in it, that is there. Default: it is an error. */
  readonly replace?: boolean;
  readonly onProgress?: (progress: ExportProgress) => void;
}

/** What an export wrote. */
export interface ExportResult extends Exported {
  readonly out: string;
  readonly format: ExportFormat;
  readonly files: readonly {
    readonly path: string;
    readonly rows: number;
    readonly bytes: number;
  }[];
  readonly rows: number;
  /** True when rows of it come from the simulator and not from a market. */
  readonly simulated: boolean;
}

/** How a format is written, which names make it one file (any other is a folder's), and what the files of a folder are called. */
interface FormatEntry {
  readonly write: ExportWriter;
  readonly fileNames: RegExp;
  readonly ownFiles: RegExp;
}

const NOTHING = /$^/;

const FORMATS: Readonly<Record<ExportFormat, FormatEntry>> = {
  parquet: { write: parquetTables, fileNames: /\.parquet$/, ownFiles: /^[a-z]+\.parquet$/ },
  arrow: {
    write: arrowTables,
    fileNames: /\.(arrow|ipc|feather)$/,
    ownFiles: /^[a-z]+\.arrow$/,
  },
  csv: { write: csvTables, fileNames: /\.csv(\.gz)?$/, ownFiles: /^[a-z]+\.csv$/ },
  duckdb: { write: duckdbFile, fileNames: /./, ownFiles: NOTHING },
  hftbacktest: {
    write: hftbacktestFiles,
    fileNames: /\.npz$/,
    ownFiles: /^[a-z0-9-]+-[^/]+\.npz$/,
  },
  nautilus: {
    write: nautilusCatalog,
    fileNames: NOTHING,
    ownFiles: /^data\/(trade_tick|quote_tick|order_book_delta)\/[^/]+\/[^/]+Z_[^/]+Z\.parquet$/,
  },
};

/** Memory of a DuckDB of an export before it spills: a merge has up to four open at once. */
const MEMORY = "512MB";

function checkThere({ partitions, from, to }: ExportOptions): void {
  const window = { from: from ?? -Infinity, to: to ?? Infinity };
  if (overlapping(partitions, window).length > 0) return;
  const first = Math.min(...partitions.map(({ firstTime }) => firstTime));
  const last = Math.max(...partitions.map(({ lastTime }) => lastTime));
  const recorded =
    partitions.length === 0 ? "" : `: it was recorded ${isoMicros(first)} … ${isoMicros(last)}`;
  throw new DataError(`nothing to export in that window${recorded}`, {
    hints: ["`aftershock lake` lists what the lake holds."],
  });
}

const inOrder = (partitions: readonly Manifest[]): readonly Manifest[] =>
  partitions.toSorted((a, b) => {
    const key = ({ stream, instrument, date }: Manifest): string =>
      [stream, instrument.id, date].join(" ");
    return key(a) < key(b) ? -1 : 1;
  });

async function write(options: ExportOptions, target: ExportTarget): Promise<Exported> {
  const { lake, partitions, format, out, from, to, onProgress = () => {} } = options;
  const ducks: Duck[] = [];
  const openOne = async (): Promise<Duck> => {
    const duck = await openDuck({ spillFolder: target.spill, memoryLimit: MEMORY });
    ducks.push(duck);
    return duck;
  };
  const { write: writer, fileNames } = FORMATS[format];
  const name = basename(out);
  try {
    return await writer(
      {
        lake,
        partitions: inOrder(partitions),
        window: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
        openDuck: openOne,
        onProgress,
      },
      { path: target.draft, name, isFolder: !fileNames.test(name) },
    );
  } finally {
    for (const duck of ducks) duck.close();
  }
}

/**
 * Writes part of a lake for other programs. The export appears whole or not at all. Throws ConfigError when something is in its
 * place already, when the format cannot hold what is asked for, DataError when there is nothing to export, and IntegrityError when
 * the lake is damaged.
 */
export async function exportLake(options: ExportOptions): Promise<ExportResult> {
  const { partitions, format, out, replace = false } = options;
  checkThere(options);
  const target = await ExportTarget.open(out, replace ? FORMATS[format].ownFiles : undefined);
  try {
    const { files, notes } = await write(options, target);
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    if (rows === 0) {
      throw new DataError("nothing to export: no row lies in that window", {
        hints: ["Choose a window inside the recording; `aftershock lake` lists it."],
      });
    }
    const single = files.length === 1 && files[0]?.path === basename(out);
    const sized = await Promise.all(
      files.map(async (file) => {
        const { size } = await stat(single ? target.draft : join(target.draft, file.path));
        return { ...file, bytes: size };
      }),
    );
    await target.finish();
    const simulated = partitions.some((day) => day.simulated !== null);
    return { out, format, files: sized, rows, simulated, notes };
  } finally {
    await target.close();
  }
}
