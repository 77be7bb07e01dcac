/**
 * One step of syntheticDay.ts, in a process of its own: `ingest LAKE FILE…`, `tape LAKE`, `replay LAKE`, `export LAKE FILE`. Prints what
 * `DayStep` says.
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
import { replay } from "@aftershock/replay";
import type { EventStream } from "@aftershock/schema";
import { TouchSum } from "./touchSum.ts";

/** What a step says of itself. */
export interface DayStep {
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  /** Rows that it went through. */
  readonly rows: number;
  /** A replay: the best bid and ask after each message and at each trade, see TouchSum. */
  readonly touch?: string;
}

type Done = Pick<DayStep, "rows" | "touch">;

const [step = "", folder = "", ...files] = process.argv.slice(2);
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
    lakeStream(duck, lake, "book", await partitionsOf("book")),
    lakeStream(duck, lake, "trades", await partitionsOf("trades")),
  ];
}

/** The tape is compiled when its first batch is asked for. */
async function compileTape(): Promise<Done> {
  for (const stream of await streams()) {
    const batches = stream.batches()[Symbol.asyncIterator]();
    await batches.next();
    await batches.return?.();
  }
  const all = [...(await partitionsOf("book")), ...(await partitionsOf("trades"))];
  return { rows: all.reduce((sum, { rows }) => sum + rows, 0) };
}

async function replayDay(): Promise<Done> {
  const touch = new TouchSum();
  let [lastBid, lastAsk, isThere] = [Number.NaN, Number.NaN, false];
  const { events } = await replay(await streams(), {
    handlers: {
      onTouch: (bid, ask) => {
        [lastBid, lastAsk, isThere] = [bid, ask, true];
        touch.add(bid, ask);
      },
      on: {
        trades: (_batch, from, to) => {
          if (isThere) for (let row = from; row < to; row++) touch.add(lastBid, lastAsk);
        },
      },
    },
  });
  return { rows: events, touch: `${touch.sum}/${touch.messages}` };
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
