import { stat } from "node:fs/promises";
import type { Manifest } from "../store/manifest.ts";
import { ArrowDraft } from "./arrowDraft.ts";
import { type ExportWindow, provenance } from "./exportFormat.ts";
import { ExportTarget } from "./exportTarget.ts";
import { ParquetDraft } from "./parquetDraft.ts";
import type { TableColumn, TableDraft, TableRows } from "./tableDraft.ts";

/** The formats in which a table can grow. */
export type TableFormat = "parquet" | "arrow";

/** Which file to write, and what it says of itself. */
export interface TableFileOptions {
  readonly format: TableFormat;
  /** The folder that it lies in must exist. */
  readonly out: string;
  /** Replace a file that is there. Default: it is an error. */
  readonly replace?: boolean;
  readonly columns: readonly TableColumn[];
  /** What the rows were made of: goes into the file's metadata as `aftershock`. */
  readonly partitions: readonly Manifest[];
  readonly window?: ExportWindow;
  /** More metadata, by key. */
  readonly about?: Readonly<Record<string, string>>;
}

/** A table file that grows batch by batch, and appears in its place whole or not at all. */
export class TableFile {
  private readonly target: ExportTarget;
  private readonly draft: TableDraft;
  private isOpen = true;
  /** Rows written so far. */
  rows = 0;

  private constructor(target: ExportTarget, draft: TableDraft) {
    this.target = target;
    this.draft = draft;
  }

  /** Throws ConfigError when something is in the file's place already, unless it may be replaced and is a file. */
  static async create(options: TableFileOptions): Promise<TableFile> {
    const { format, out, replace = false, columns, partitions, window = {}, about = {} } = options;
    const target = await ExportTarget.open(out, replace ? /$^/ : undefined);
    const metadata = { aftershock: provenance(partitions, window), ...about };
    try {
      const draft =
        format === "parquet"
          ? new ParquetDraft(columns, target.draft, metadata)
          : new ArrowDraft(await import("apache-arrow"), columns, target.draft, metadata);
      return new TableFile(target, draft);
    } catch (error) {
      await target.close();
      throw error;
    }
  }

  /** Writes rows, which are out of memory when this returns: it does not wait, so that also what cannot wait may call it. */
  write(rows: TableRows): void {
    this.draft.write(rows);
    this.rows += rows.length;
  }

  /** Puts the file in its place; returns its size, bytes. */
  async finish(): Promise<number> {
    this.draft.finish();
    this.shut();
    const { size } = await stat(this.target.draft);
    await this.target.finish();
    return size;
  }

  private shut(): void {
    if (this.isOpen) this.draft.close();
    this.isOpen = false;
  }

  /** Removes everything but a finished file. To be called in any case. */
  async close(): Promise<void> {
    this.shut();
    await this.target.close();
  }
}
