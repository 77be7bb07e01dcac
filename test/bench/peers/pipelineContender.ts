/**
 * One contender of pipeline.ts, in a process of its own: `every|book|touch|none|combine|lines EVENTS`. Prints what `Measured` says. The streams
 * are made before the clock starts; they are replayed untimed first.
 */
import { replay, type ReplayHandlers } from "@aftershock/replay";
import type { Measured } from "./contend.ts";
import { eventStreams, type PipelineStreams, pipelineStreams } from "./pipelineStreams.ts";
import { tardisDev } from "./tardisBook.ts";
import { tardisPipeline } from "./tardisPipeline.ts";
import { WARM_UP_SECONDS } from "./replayInNode.ts";
import { TouchSum } from "./touchSum.ts";

const [mode = "", events = ""] = process.argv.slice(2);

/** A callback for each event of all four streams: of a book with its best prices, or with the whole book. */
function everyEvent(touch: TouchSum, whole: boolean): ReplayHandlers {
  const ofBook: ReplayHandlers = whole
    ? { onBook: ({ bidSide, askSide }) => touch.add(bidSide.bestPrice, askSide.bestPrice) }
    : { onTouch: (bid, ask) => touch.add(bid, ask) };
  return {
    ...ofBook,
    on: {
      trades: ({ columns: { price, size } }, from, to) => {
        for (let row = from; row < to; row++) touch.add(price[row]!, size[row]!);
      },
      tickers: ({ columns: { markPrice, indexPrice } }, from, to) => {
        for (let row = from; row < to; row++) touch.add(markPrice[row]!, indexPrice[row]!);
      },
    },
  };
}

/** Replays the streams with ours, once they are batches. */
function ourPipeline(streams: PipelineStreams): () => Promise<TouchSum> {
  const batched = eventStreams(streams);
  return async () => {
    const touch = new TouchSum();
    const every = everyEvent(touch, mode === "book");
    const moves = { ...every, wake: "touch" as const };
    const handlers = mode === "none" ? {} : mode === "touch" ? moves : every;
    await replay(batched, { handlers });
    return touch;
  };
}

function pipeline(streams: PipelineStreams): () => Promise<TouchSum> {
  if (mode === "combine" || mode === "lines") return () => tardisPipeline(streams, mode);
  return ourPipeline(streams);
}

const run = pipeline(pipelineStreams(Number(events)));

async function timed(): Promise<readonly [TouchSum, cpuSeconds: number]> {
  const before = process.cpuUsage();
  const touch = await run();
  const { user, system } = process.cpuUsage(before);
  return [touch, (user + system) / 1e6];
}

for (let warm = 0; warm < WARM_UP_SECONDS;) warm += (await timed())[1];
const [{ sum, messages }, cpuSeconds] = await timed();
const ours = mode !== "combine" && mode !== "lines";
const measured: Measured = {
  cpuSeconds,
  touchSum: sum,
  messages,
  version: ours ? `Node ${process.version}` : `tardis-dev ${tardisDev().version}`,
};
process.stdout.write(JSON.stringify(measured));
