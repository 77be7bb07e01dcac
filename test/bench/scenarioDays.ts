import {
  type PositionSource,
  RecordedDay,
  snapshotPositions,
  type StandIns,
} from "@aftershock/cascade";
import {
  detectSource,
  type Duck,
  ingest,
  type Lake,
  lakeStream,
  storeBatches,
} from "@aftershock/ingest";
import { replay } from "@aftershock/replay";
import {
  type Batch,
  type EventStream,
  type Instrument,
  type StreamName,
  stepsToNumber,
} from "@aftershock/schema";
import {
  DEMO_SEED,
  type MarketChange,
  SIMULATED_PERPETUAL,
  simulate,
  SIMULATOR_VERSION,
} from "@aftershock/simulator";

/** What scenarios are timed on: a record in memory, as a lake has it too, and who held what. */
export interface ScenarioDay {
  readonly instrument: Instrument;
  readonly simulated: boolean;
  readonly batches: ReadonlyMap<StreamName, readonly Batch[]>;
  readonly positions: PositionSource;
  readonly standIns: StandIns;
}

/** The streams that scenarios read. */
const READ: readonly StreamName[] = ["book", "trades", "tickers", "liquidations"];

/** Those of a day, out of memory. */
export const inMemory = ({
  instrument,
  simulated,
  batches,
}: Omit<ScenarioDay, "positions">): readonly EventStream[] =>
  READ.filter((stream) => batches.has(stream)).map((stream): EventStream => ({
    stream,
    instrument,
    simulated,
    async *batches() {
      yield* batches.get(stream) ?? [];
    },
  }));

/** The accounts of the first snapshot. */
function firstSnapshot(batch: Batch<"positions"> | undefined): PositionSource {
  if (batch === undefined) throw new Error("nothing was recorded");
  const { columns, instrument, length } = batch;
  const rows = Array.from({ length }, (_, row) => ({
    account: columns.account[row] ?? "",
    instrument: 0,
    lots: (columns.side[row] ?? 0) * (columns.size[row] ?? 0),
    entryPrice: columns.entryPrice[row],
    markPrice: columns.markPrice[row],
    accountValue: columns.collateral[row],
    leverage: columns.leverage[row],
    at: columns.tsEvent[row] ?? 0,
  }));
  const start = rows[0]?.at ?? 0;
  return snapshotPositions({ instrument, rows: rows.filter(({ at }) => at - start < 1e6) });
}

/** Simulates a crash hour, or the first minutes of more of them, into a lake. */
export async function simulatedDay(
  lake: Lake,
  minutes: number,
  market: MarketChange,
): Promise<ScenarioDay> {
  const batches = new Map<StreamName, Batch[]>();
  const day = simulate({ preset: "crash-hour", seed: DEMO_SEED, minutes, market });
  for (const batch of day.batches()) {
    if (batch.instrument.id !== SIMULATED_PERPETUAL.id) continue;
    batches.set(batch.stream, [...(batches.get(batch.stream) ?? []), batch]);
  }
  await storeBatches({
    lake,
    batches: [...batches.values()].flat(),
    instruments: [SIMULATED_PERPETUAL],
    loader: { name: "simulator", version: SIMULATOR_VERSION },
    simulated: { preset: "crash-hour", seed: DEMO_SEED },
  });
  const [first] = batches.get("positions") ?? [];
  return {
    instrument: SIMULATED_PERPETUAL,
    simulated: true,
    batches,
    positions: firstSnapshot(first as Batch<"positions"> | undefined),
    standIns: {},
  };
}

/** As many accounts as the simulated hour has, as many of them liquidated as there. */
const ACCOUNTS = 3_300;
const LIQUIDATED = 1_300;
const NOTIONAL = 10_000;
const MAINTENANCE = 0.01;

/**
 * Invented accounts of a captured price path, as nobody's are in a capture: of the same size in money, liquidated at marks spread evenly over those that were seen, and the others beyond, by a basis point more
 * each.
 */
function inventedAccounts(instrument: Instrument, marks: readonly number[]): PositionSource {
  const [mark = Number.NaN] = marks;
  const low = marks.reduce((least, seen) => Math.min(least, seen), Infinity);
  const high = marks.reduce((most, seen) => Math.max(most, seen), -Infinity);
  const lots = Math.round(NOTIONAL / (mark * stepsToNumber(1, instrument.lot)));
  const size = lots * stepsToNumber(1, instrument.lot);
  const triggerOf = (i: number): number => {
    if (i < LIQUIDATED) return low + ((high - low) * (i + 0.5)) / LIQUIDATED;
    const beyond = (i - LIQUIDATED) / 10_000;
    return i % 2 === 0 ? low * (1 - beyond) : high * (1 + beyond);
  };
  const rows = Array.from({ length: ACCOUNTS }, (_, i) => {
    const trigger = triggerOf(i);
    const side = trigger < mark ? 1 : -1;
    return {
      account: `account ${i}`,
      instrument: 0,
      lots: side * lots,
      entryPrice: mark,
      markPrice: mark,
      accountValue: side * size * (mark - trigger) + MAINTENANCE * size * trigger,
      leverage: undefined,
    };
  });
  return snapshotPositions({ instrument, rows, mark });
}

/** The batches of a stream, to be replayed any number of times. */
async function batchesOf(stream: EventStream): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of stream.batches()) batches.push({ ...batch, release: undefined });
  return batches;
}

/** Ingests a capture of a linear perpetual's book and trades, with invented accounts; its mid stands in for mark and index. */
export async function capturedDay(duck: Duck, lake: Lake, path: string): Promise<ScenarioDay> {
  await ingest({ lake, source: await detectSource(path), paths: [path], hints: {} });
  const stored = await lake.list();
  const batches = new Map<StreamName, readonly Batch[]>();
  for (const stream of ["book", "trades"] as const) {
    const own = stored.filter((one) => one.stream === stream);
    if (own.length === 0) throw new Error(`${path}: holds no ${stream}`);
    batches.set(stream, await batchesOf(lakeStream(duck, lake, stream, own)));
  }
  const [book] = batches.get("book") ?? [];
  if (book === undefined) throw new Error(`${path}: is empty`);
  const { instrument } = book;
  const standIns: StandIns = { mark: "mid", index: "mark" };
  const day = { instrument, simulated: false, batches, standIns };
  const marks: number[] = [];
  const streams = inMemory(day);
  const onStep = ({ mark }: { readonly mark: number }): void => void marks.push(mark);
  const record = new RecordedDay(streams, { instrument: instrument.id, standIns, onStep });
  await replay(streams, { handlers: record.handlers });
  return { ...day, positions: inventedAccounts(instrument, marks) };
}
