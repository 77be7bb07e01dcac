/**
 * One step of syntheticDay.ts, in a process of its own: `ingest LAKE FILE…`, `tape LAKE`, `read LAKE`, `replay LAKE`, `export LAKE FILE`.
 * `read:ahead` and `replay:ahead` have a thread read ahead. Prints what `DayStep` says.
 */
import {
  exportLake,
  ingest,
  Lake,
  lakeStream,
  type Manifest,
  openDuck,
  SOURCES,
} from "@aftershock/ingest";
import { replay, type ReplayHandlers } from "@aftershock/replay";
import type { EventStream } from "@aftershock/schema";
import { TouchSum } from "./touchSum.ts";

/** What a step says of itself. */
export interface DayStep {
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
  /** Reading and replaying: CPU time of the main thread, once the first batches are there. */
  readonly mainSeconds?: number;
  readonly peakMiB: number;
  /** Rows that it went through. */
  readonly rows: number;
  /** A replay: the best bid and ask after each message and at each trade, see TouchSum. */
  readonly touch?: string;
}

type Done = Pick<DayStep, "rows" | "touch" | "mainSeconds">;

const [named = "", folder = "", ...files] = process.argv.slice(2);
const [step = "", reader] = named.split(":");
const readAhead = reader === "ahead";
const lake = new Lake(folder);

async function partitionsOf(stream: "book" | "trades"): Promise<readonly Manifest[]> {
  return (await lake.list()).filter((manifest) => manifest.stream === stream);
}

async function ingestFiles(): Promise<Done> {
  const source = SOURCES.find(({ name }) => name === "tardis");
  if (source === undefined) throw new Error("there is no source tardis");
  const { rows } = await ingest({ lake, source, paths: files });
  return { rows };
}

async function streams(): Promise<readonly EventStream[]> {
  const duck = await openDuck();
  return [
    lakeStream(duck, lake, "book", await partitionsOf("book"), { readAhead }),
    lakeStream(duck, lake, "trades", await partitionsOf("trades"), { readAhead }),
  ];
}

/** The tape is compiled when its first batch is asked for; all modules are there then. */
async function askForFirst(asked: readonly EventStream[]): Promise<void> {
  for (const stream of asked) {
    const batches = stream.batches()[Symbol.asyncIterator]();
    await batches.next();
    await batches.return?.();
  }
}

/** CPU time of the main thread, s. */
async function onMain(work: () => Promise<void>): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e6;
}

async function compileTape(): Promise<Done> {
  await askForFirst(await streams());
  const all = [...(await partitionsOf("book")), ...(await partitionsOf("trades"))];
  return { rows: all.reduce((sum, { rows }) => sum + rows, 0) };
}

/** Every batch of the tape as a replay is handed it, and nothing done with it. */
async function readTape(): Promise<Done> {
  const asked = await streams();
  await askForFirst(asked);
  let rows = 0;
  const mainSeconds = await onMain(async () => {
    for (const stream of asked) {
      for await (const batch of stream.batches()) {
        rows += batch.length;
        batch.release?.();
      }
    }
  });
  return { rows, mainSeconds };
}

async function replayDay(): Promise<Done> {
  const asked = await streams();
  await askForFirst(asked);
  const touch = new TouchSum();
  let [lastBid, lastAsk, isThere, rows] = [Number.NaN, Number.NaN, false, 0];
  const handlers: ReplayHandlers = {
    onTouch: (bid, ask) => {
      [lastBid, lastAsk, isThere] = [bid, ask, true];
      touch.add(bid, ask);
    },
    on: {
      trades: (_batch, from, to) => {
        if (isThere) for (let row = from; row < to; row++) touch.add(lastBid, lastAsk);
      },
    },
  };
  const mainSeconds = await onMain(async () => {
    ({ events: rows } = await replay(asked, { handlers }));
  });
  return { rows, touch: `${touch.sum}/${touch.messages}`, mainSeconds };
}

async function exportDay(): Promise<Done> {
  const partitions = [...(await partitionsOf("book")), ...(await partitionsOf("trades"))];
  const { rows } = await exportLake({
    lake,
    partitions,
    format: "hftbacktest",
    out: files[0] ?? "",
    replace: true,
  });
  return { rows };
}

const STEPS: Readonly<Record<string, () => Promise<Done>>> = {
  ingest: ingestFiles,
  tape: compileTape,
  read: readTape,
  replay: replayDay,
  export: exportDay,
};

const start = performance.now();
const done = await STEPS[step]?.();
if (done === undefined) throw new Error(`there is no step ${step}`);
const seconds = (performance.now() - start) / 1_000;
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const result: DayStep = {
  seconds,
  cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
  peakMiB: maxRSS / 1_024,
  ...done,
};
process.stdout.write(`\n${JSON.stringify(result)}\n`);
process.exit();
