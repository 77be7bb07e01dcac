import type { Batch, EventStream, StreamName } from "@aftershock/schema";
import type { SimulatedDay } from "../src/index.ts";

/** One row of a batch, by column. */
export type Cells = Readonly<Record<string, number | string | undefined>>;

/** A day whose market is run once, and whose recording is then held. */
export function heldDay(day: SimulatedDay): SimulatedDay {
  const held = [...day.batches()];
  const streams = day.streams.map((stream): EventStream => ({
    ...stream,
    async *batches(): AsyncGenerator<Batch> {
      for (const batch of held) {
        if (batch.stream !== stream.stream) continue;
        if (batch.instrument.id === stream.instrument.id) yield batch;
      }
    },
  }));
  return { ...day, truth: day.truth, streams };
}

/** The stream of a name. */
export function streamOf(day: SimulatedDay, name: StreamName): EventStream {
  const found = day.streams.find(({ stream }) => stream === name);
  if (found === undefined) throw new Error(`the day has a stream ${name}`);
  return found;
}

/** All batches of a stream. */
export async function batchesOf(day: SimulatedDay, name: StreamName): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of streamOf(day, name).batches()) batches.push(batch);
  return batches;
}

/** All rows of a stream, as objects. */
export async function rowsOf(day: SimulatedDay, name: StreamName): Promise<readonly Cells[]> {
  const batches = await batchesOf(day, name);
  return batches.flatMap(({ columns, length }) => {
    const entries = Object.entries(columns);
    return Array.from({ length }, (_, row) =>
      Object.fromEntries(entries.map(([column, values]) => [column, values[row]])),
    );
  });
}

/** A cell that is a number. */
export function numberIn(row: Cells | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value !== "number") throw new Error(`${column} is a number`);
  return value;
}
