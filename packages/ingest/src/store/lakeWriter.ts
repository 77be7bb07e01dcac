import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, MICROS_PER_DAY, type StreamName, utcDate } from "@aftershock/schema";
import type { InstrumentTerms } from "../source.ts";
import { type Duck, openDuck } from "../duck.ts";
import { type Lake, QUARANTINE_FILE, writeDurably } from "./lake.ts";
import type { Manifest } from "./manifest.ts";
import { buildPartition, type BuiltPartition, type SourceIdentity } from "./partitionBuilder.ts";
import { PartitionTable, stagedDays, type TableSummary } from "./partitionTable.ts";
import { type Collected, RowCollector } from "./rowCollector.ts";

/** What became of a partition. */
export interface PartitionOutcome {
  readonly stream: StreamName;
  readonly instrument: string;
  readonly date: string;
  readonly rows: number;
  /** Of the rows' values. */
  readonly sha256: string;
  readonly status: "written" | "unchanged" | "replaced";
  /** Files whose rows were in the partition and are no longer, because the new files cover the same time. */
  readonly displaced: readonly string[];
}

/** What a writer needs to know of where its rows come from. */
export interface LakeWriterOptions {
  readonly lake: Lake;
  readonly loader: Manifest["loader"];
  readonly simulated: Manifest["simulated"];
  /** What is known of an instrument at an instant, µs. */
  readonly terms: (venue: string, symbol: string, at: number) => InstrumentTerms;
  /** The text of a line of a source, read again. */
  readonly lineText: (source: number, line: number) => Promise<string>;
}

/** What build() found. Counts are rows; of partitions that are unchanged, as they were found when they were written. */
export interface WriteTotals {
  readonly rows: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
}

/** The staging folders of a process: they are named by it. */
const stagingPrefix = (pid: number): string => `${pid}-`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    return errorCode(error) === "EPERM";
  }
}

/** Removes what killed processes left in the staging folder; nothing of it was ever part of the lake. */
async function sweepStaging(lake: Lake): Promise<void> {
  const names = await readdir(lake.paths.staging).catch(() => [] as string[]);
  const dead = names.filter((name) => !isAlive(Number.parseInt(name, 10)));
  for (const name of dead) {
    await rm(join(lake.paths.staging, name), { recursive: true, force: true });
  }
}

/** Removes the staging folders of this process at once: for a process that is told to stop. */
export function abandonStaging(lake: Lake): void {
  if (!existsSync(lake.paths.staging)) return;
  const own = readdirSync(lake.paths.staging).filter((name) =>
    name.startsWith(stagingPrefix(process.pid)),
  );
  for (const name of own) rmSync(join(lake.paths.staging, name), { recursive: true, force: true });
}

interface Pending {
  readonly built: BuiltPartition | undefined;
  readonly manifest: Manifest;
  readonly status: PartitionOutcome["status"];
  readonly displaced: readonly string[];
}

/**
 * Writes rows of any streams and instruments as partitions of a lake. Rows wait in a DuckDB of their own that spills to disk,
 * so that memory does not grow with the day; nothing appears in the lake before commit().
 */
export class LakeWriter {
  readonly rows: RowCollector;
  private readonly options: LakeWriterOptions;
  private readonly duck: Duck;
  private readonly staging: string;
  private readonly pending: Pending[] = [];

  private constructor(options: LakeWriterOptions, duck: Duck, staging: string) {
    this.options = options;
    this.duck = duck;
    this.staging = staging;
    this.rows = new RowCollector(duck);
  }

  static async open(options: LakeWriterOptions): Promise<LakeWriter> {
    await sweepStaging(options.lake);
    const staging = join(
      options.lake.paths.staging,
      `${stagingPrefix(process.pid)}${randomUUID()}`,
    );
    await mkdir(staging, { recursive: true });
    return new LakeWriter(
      options,
      await openDuck({ spillFolder: join(staging, "spill") }),
      staging,
    );
  }

  /** Sorts, checks and writes every partition into the staging folder. */
  async build(sources: readonly SourceIdentity[]): Promise<WriteTotals> {
    await this.rows.close();
    for (const collected of this.rows.collected.values()) {
      for (const { day, firstTime } of await stagedDays(this.duck, collected.table)) {
        await this.buildDay(collected, day, firstTime, sources);
      }
    }
    const sum = (pick: (pending: Pending) => number): number =>
      this.pending.reduce((total, pending) => total + pick(pending), 0);
    return {
      rows: sum(({ manifest }) => manifest.rows),
      quarantined: this.rows.quarantined + sum(({ built }) => built?.offGrid ?? 0),
      duplicates: sum(({ built, manifest }) => built?.duplicates ?? manifest.quality.duplicates),
      outOfOrder: sum(({ built, manifest }) => built?.outOfOrder ?? manifest.quality.outOfOrder),
    };
  }

  private async buildDay(
    collected: Collected,
    day: number,
    firstTime: number,
    sources: readonly SourceIdentity[],
  ): Promise<void> {
    const { stream, venue, symbol } = collected;
    const { lake, loader, simulated, terms, lineText } = this.options;
    const date = utcDate(day * MICROS_PER_DAY);
    const table = await PartitionTable.ofDay(this.duck, collected.table, day);
    const summary = await table.summary();
    const wanted = [...summary.rowsBySource.keys()].map((index) => sources[index]?.sha256);
    const held = await lake.find({ stream, venue, symbol, date });
    const comparable =
      held !== undefined && JSON.stringify(held.loader) === JSON.stringify(loader)
        ? held
        : undefined;
    const heldHashes = new Set(comparable?.sources.map(({ sha256 }) => sha256));
    const intact = comparable !== undefined && existsSync(lake.rowsFile(comparable));
    if (intact && wanted.every((sha256) => sha256 !== undefined && heldHashes.has(sha256))) {
      this.pending.push({
        built: undefined,
        manifest: comparable,
        status: "unchanged",
        displaced: [],
      });
      return;
    }
    const merged = intact ? await this.mergeable(table, summary, comparable) : undefined;
    const built = await buildPartition(this.duck, {
      table,
      summary: merged === undefined ? summary : await table.summary(),
      venue,
      symbol,
      date,
      terms: terms(venue, symbol, Math.min(firstTime, merged?.firstTime ?? firstTime)),
      remarks: collected.remarks.get(date) ?? { badLines: [], notes: new Map(), duplicates: 0 },
      loader,
      simulated,
      sources,
      merged,
      lineText,
      folder: join(this.staging, `partition-${this.pending.length}`),
    });
    if (built === undefined) return;
    if (merged !== undefined) await this.keepQuarantine(merged, built);
    const status = held === undefined ? "written" : "replaced";
    const kept = new Set(built.manifest.sources.map(({ sha256 }) => sha256));
    const displaced = (held?.sources ?? []).filter(({ sha256 }) => !kept.has(sha256));
    this.pending.push({
      built,
      manifest: built.manifest,
      status,
      displaced: displaced.map(({ name }) => name),
    });
  }

  /**
   * A partition of other files is joined with the new rows where their times do not overlap (an hour's capture and the next
   * hour's); where they do, the new files are another version of the day, and replace it.
   */
  private async mergeable(
    table: PartitionTable,
    { firstTime, lastTime }: TableSummary,
    held: Manifest,
  ): Promise<Manifest | undefined> {
    if (held.lastTime >= firstTime && lastTime >= held.firstTime) return undefined;
    await table.include(this.options.lake.rowsFile(held), held.instrument);
    return held;
  }

  private async keepQuarantine(merged: Manifest, built: BuiltPartition): Promise<void> {
    const { stream, instrument, date } = merged;
    const { venue, symbol } = instrument;
    const old = join(this.options.lake.folder({ stream, venue, symbol, date }), QUARANTINE_FILE);
    if (!existsSync(old)) return;
    const fresh = join(built.folder, QUARANTINE_FILE);
    const added = existsSync(fresh) ? await readFile(fresh, "utf8") : "";
    await writeDurably(fresh, (await readFile(old, "utf8")) + added);
  }

  /** Puts what was built into the lake, partition by partition. */
  async commit(): Promise<readonly PartitionOutcome[]> {
    for (const { built, manifest } of this.pending) {
      if (built !== undefined) await this.options.lake.commit(built.folder, manifest);
    }
    return this.pending
      .map(({ manifest, status, displaced }) => ({
        stream: manifest.stream,
        instrument: manifest.instrument.id,
        date: manifest.date,
        rows: manifest.rows,
        sha256: manifest.rowsSha256,
        status,
        displaced,
      }))
      .toSorted((a, b) => {
        const [left, right] = [a, b].map((one) => `${one.stream} ${one.instrument} ${one.date}`);
        return (left ?? "") < (right ?? "") ? -1 : 1;
      });
  }

  /** Removes the staging folder and closes DuckDB; whatever was not committed is gone. */
  async close(): Promise<void> {
    this.duck.close();
    await rm(this.staging, { recursive: true, force: true });
  }
}
