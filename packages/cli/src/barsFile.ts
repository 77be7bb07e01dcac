import { dirname } from "node:path";
import { type Manifest, TableFile } from "@aftershock/ingest";
import {
  FEATURE_DOCS,
  featureBars,
  featureColumns,
  type FeatureDoc,
  type IsRecorded,
  type ReplayOptions,
  type ReplayResult,
} from "@aftershock/replay";
import { type EventStream, utcDate } from "@aftershock/schema";
import type { BarsRequest } from "./barsRequest.ts";
import { makeOutFolder } from "./makeOutFolder.ts";

/** What was written. */
export interface WrittenBars extends Omit<BarsRequest, "force"> {
  /** Bars, one an instrument and interval. */
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly FeatureDoc[];
}

type Partition = Pick<Manifest, "stream" | "date"> & {
  readonly instrument: { readonly id: string };
};

/**
 * Whether a bar lies in a day of which the lake has a partition. Partitions are days by the recorder's clock; that by the venue's clock a
 * row may lie beyond midnight does not matter, for what came is told in any case.
 */
export function recordedDays(partitions: readonly Partition[], every: number): IsRecorded {
  const key = (stream: string, instrument: string, date: string): string =>
    [stream, instrument, date].join(" ");
  const days = new Set(
    partitions.map(({ stream, instrument, date }) => key(stream, instrument.id, date)),
  );
  return (stream, instrument, start) =>
    [start, start + every - 1].some((at) => days.has(key(stream, instrument, utcDate(at))));
}

/** Bars on their way into a file, which appears in its place whole or not at all. */
export class BarsFile {
  private readonly request: BarsRequest;
  private readonly partitions: readonly Manifest[];
  private readonly table: TableFile;

  private constructor(request: BarsRequest, partitions: readonly Manifest[], table: TableFile) {
    this.request = request;
    this.partitions = partitions;
    this.table = table;
  }

  /**
   * Makes the folder of the file where there is none. `partitions` are those of the replay. Throws ConfigError when the file cannot be
   * written, or is there already and may not be replaced.
   */
  static async open(
    request: BarsRequest,
    partitions: readonly Manifest[],
    { clock = "recv", ordersStart = "snapshot", from, to }: ReplayOptions,
  ): Promise<BarsFile> {
    const { every, depth, out, format, force } = request;
    await makeOutFolder(dirname(out));
    const table = await TableFile.create({
      format,
      out,
      replace: force,
      columns: featureColumns(depth),
      partitions,
      window: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
      about: {
        bars: JSON.stringify({ every, depth, clock, ordersStart }),
        columns: JSON.stringify(FEATURE_DOCS),
      },
    });
    return new BarsFile(request, partitions, table);
  }

  /** Replays streams, and writes their bars on the way. */
  replay(
    streams: readonly EventStream[],
    options: Omit<ReplayOptions, "handlers">,
  ): Promise<ReplayResult> {
    const { every, depth } = this.request;
    return featureBars(streams, {
      ...options,
      every,
      depth,
      isRecorded: recordedDays(this.partitions, every),
      onBars: (batch) => this.table.write(batch),
    });
  }

  /** Puts the file in its place. */
  async finish(): Promise<WrittenBars> {
    const { force: _, ...request } = this.request;
    const bytes = await this.table.finish();
    return { ...request, rows: this.table.rows, bytes, columns: FEATURE_DOCS };
  }

  /** Removes everything but a finished file. To be called in any case. */
  close(): Promise<void> {
    return this.table.close();
  }
}
