import {
  type ForcedPrint,
  RecordColumns,
  RecordedDay,
  type RecordedStep,
  type RecordSummary,
} from "@aftershock/cascade";
import { replay } from "@aftershock/replay";
import type { Batch, EventStream } from "@aftershock/schema";
import { presetOf, simulate, type SimulateOptions } from "@aftershock/simulator";

/** A simulated day as it was recorded: what a vendor sells of it. */
export interface SimulatedRecord {
  readonly steps: readonly RecordedStep[];
  readonly columns: RecordColumns;
  readonly prints: readonly ForcedPrint[];
  readonly summary: RecordSummary;
}

const STREAMS: ReadonlySet<string> = new Set(["book", "trades", "tickers", "liquidations"]);

/** The perpetual's streams of a simulated day, by one run of its market. */
export function recordedStreams(options: SimulateOptions): readonly EventStream[] {
  const { preset } = presetOf(options.preset ?? "crash-hour");
  const { id } = preset.traded.perpetual;
  const batches: Batch[] = [];
  for (const batch of simulate(options).batches()) {
    if (batch.instrument.id === id && STREAMS.has(batch.stream)) batches.push(batch);
  }
  return [...Map.groupBy(batches, ({ stream }) => stream)].map(([stream, own]) => ({
    stream,
    instrument: preset.traded.perpetual,
    simulated: true,
    async *batches() {
      yield* own;
    },
  }));
}

/** Takes a simulated day as a record, from its streams alone. */
export async function simulatedRecord(streams: readonly EventStream[]): Promise<SimulatedRecord> {
  const steps: RecordedStep[] = [];
  const prints: ForcedPrint[] = [];
  const columns = new RecordColumns();
  const day = new RecordedDay(streams, {
    instrument: streams[0]?.instrument.id ?? "",
    onStep: (step, flow) => {
      steps.push(step);
      columns.take(step, flow);
    },
    onPrint: (print) => prints.push(print),
  });
  await replay(streams, { handlers: day.handlers });
  return { steps, columns, prints, summary: day.summary };
}
