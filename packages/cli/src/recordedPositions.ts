import {
  type DuckConnections,
  type Lake,
  lakeStream,
  type Manifest,
} from "@aftershock/ingest/lake";
import {
  type Batch,
  DataError,
  type Instrument,
  isoMicros,
  type Micros,
  stepsToNumber,
} from "@aftershock/schema";

/** A row of the stream `positions`, as it was last recorded; absent is undefined. */
export interface RecordedPosition {
  readonly account: string;
  readonly instrument: Instrument;
  /** When it was recorded, µs. */
  readonly at: number;
  /** Signed lots; 0 for a position that is closed. */
  readonly lots: number;
  readonly entryPrice: number | undefined;
  readonly markPrice: number | undefined;
  readonly accountValue: number | undefined;
  readonly leverage: number | undefined;
}

const present = (value: number | undefined): number | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : value;

/** Effective time by the venue's clock where it is there: a snapshot is of an instant at the venue. */
const timeOf = ({ columns }: Batch<"positions">, row: number): number =>
  present(columns.tsEvent[row]) ?? present(columns.tsRecv[row]) ?? Number.NaN;

/** The mark of a row: as recorded, or for a linear contract that which its open profit follows from. */
function markOf(
  { columns, instrument }: Batch<"positions">,
  row: number,
  lots: number,
): number | undefined {
  const stated = present(columns.markPrice[row]);
  const entry = present(columns.entryPrice[row]);
  const profit = present(columns.unrealisedPnl[row]);
  if (stated !== undefined || instrument.contract !== "linear" || lots === 0) return stated;
  if (entry === undefined || profit === undefined) return undefined;
  const mark = entry + profit / (stepsToNumber(lots, instrument.lot) * instrument.multiplier);
  return mark > 0 ? mark : undefined;
}

function positionOf(batch: Batch<"positions">, row: number): RecordedPosition | undefined {
  const { columns, instrument } = batch;
  const size = present(columns.size[row]);
  const side = columns.side[row] ?? 0;
  if (size === undefined || side === 0) return undefined;
  return {
    account: columns.account[row] ?? "",
    instrument,
    at: timeOf(batch, row),
    lots: side * size,
    entryPrice: present(columns.entryPrice[row]),
    markPrice: markOf(batch, row, side * size),
    accountValue: present(columns.collateral[row]),
    leverage: present(columns.leverage[row]),
  };
}

/** The last price of a column of the stream `tickers` at or before an instant; undefined where there is none. */
async function lastMark(
  duck: DuckConnections,
  lake: Lake,
  partitions: readonly Manifest[],
  at: Micros,
): Promise<number | undefined> {
  let mark: number | undefined;
  for await (const batch of lakeStream(duck, lake, "tickers", partitions).batches()) {
    const { markPrice, tsEvent, tsRecv } = batch.columns;
    for (let row = 0; row < batch.length; row += 1) {
      const time = present(tsEvent[row]) ?? present(tsRecv[row]) ?? Number.NaN;
      if (time <= at) mark = present(markPrice[row]) ?? mark;
    }
    batch.release?.();
  }
  return mark;
}

/** Positions of a venue at an instant. */
export interface RecordedPositions {
  readonly instruments: readonly Instrument[];
  /** The latest of each account and instrument at or before the instant, open ones alone, in the order of the recording. */
  readonly positions: readonly RecordedPosition[];
  /** The last recorded mark at or before the instant, by instrument id; those without one are not there. */
  readonly marks: ReadonlyMap<string, number>;
  /** Whether the rows come of the simulator. */
  readonly simulated: boolean;
}

/**
 * What the lake knows of the positions at a venue at an instant. Throws DataError where it holds none of that venue, or none that early, naming what there is.
 */
export async function recordedPositions(
  duck: DuckConnections,
  lake: Lake,
  request: { readonly venue: string; readonly at: Micros },
): Promise<RecordedPositions> {
  const { venue, at } = request;
  const all = await lake.list();
  const ofStream = (stream: string): readonly Manifest[] =>
    all.filter(
      (day) => day.instrument.venue === venue && day.stream === stream && day.firstTime <= at,
    );
  const days = ofStream("positions");
  if (days.length === 0) throw noPositions(all, request);
  const byInstrument = Map.groupBy(days, ({ instrument }) => instrument.id);
  const latest = new Map<string, RecordedPosition>();
  const marks = new Map<string, number>();
  const streams = [...byInstrument.values()].map((partitions) =>
    lakeStream(duck, lake, "positions", partitions),
  );
  for (const stream of streams) {
    const { id } = stream.instrument;
    for await (const batch of stream.batches()) {
      for (let row = 0; row < batch.length; row += 1) {
        if (!(timeOf(batch, row) <= at)) continue;
        const position = positionOf(batch, row);
        if (position !== undefined) latest.set(`${position.account}\n${id}`, position);
      }
      batch.release?.();
    }
    const tickers = ofStream("tickers").filter(({ instrument }) => instrument.id === id);
    const mark = tickers.length === 0 ? undefined : await lastMark(duck, lake, tickers, at);
    if (mark !== undefined) marks.set(id, mark);
  }
  return {
    instruments: streams.map(({ instrument }) => instrument),
    positions: [...latest.values()].filter(({ lots }) => lots !== 0),
    marks,
    simulated: streams.some(({ simulated }) => simulated),
  };
}

function noPositions(
  all: readonly Manifest[],
  { venue, at }: { venue: string; at: Micros },
): DataError {
  const known = all.filter(({ stream }) => stream === "positions");
  const venues = [...new Set(known.map(({ instrument }) => instrument.venue))];
  const own = known.filter(({ instrument }) => instrument.venue === venue);
  const first = Math.min(...own.map(({ firstTime }) => firstTime));
  const hint =
    own.length > 0
      ? `The first are of ${isoMicros(first)}.`
      : venues.length > 0
        ? `It has positions of ${venues.join(", ")}.`
        : "Ingest a recording of positions, or `aftershock simulate` a day.";
  return new DataError(`the lake holds no positions at ${venue} up to ${isoMicros(at)}`, {
    hints: [hint],
  });
}
