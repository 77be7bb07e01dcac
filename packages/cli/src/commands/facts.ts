import { type Clock, DataError, type StreamName } from "@aftershock/schema";
import { duckOnDemand, type Lake, lakeStream } from "@aftershock/ingest/lake";
import { type OrdersStart, stylisedFacts } from "@aftershock/replay";
import { factsText } from "../factsPage.ts";
import {
  partitionsFor,
  partitionsOf,
  quarantinedLines,
  recordedSpan,
  type Window,
} from "../lakeSelection.ts";
import { grouped, printJson, printLine } from "../output.ts";
import { ProgressLine } from "../progressLine.ts";

/** What stylised facts are made of. */
const FACT_STREAMS: readonly StreamName[] = ["book", "orders", "trades", "liquidations"];

/** What `aftershock facts` takes. */
export interface FactsCommandOptions extends Window {
  readonly clock: Clock;
  readonly ordersStart: OrdersStart;
  /** Length of the windows of which the calmest and the worst are told, seconds. */
  readonly windowSeconds: number;
  readonly json: boolean;
}

/** `aftershock facts ID` */
export async function factsCommand(
  lake: Lake,
  id: string,
  { json, ...options }: FactsCommandOptions,
): Promise<void> {
  const all = await partitionsOf(lake, id);
  const byStream = FACT_STREAMS.map((stream) => ({
    stream,
    days: partitionsFor(all, stream, options),
  })).filter(({ days }) => days.length > 0);
  const nothing = `the lake holds neither book, orders, trades nor liquidations of ${id} in that window`;
  if (byStream.length === 0) {
    throw new DataError(nothing, { hints: [`It was recorded ${recordedSpan(all)}.`] });
  }
  const duck = duckOnDemand();
  const progress = new ProgressLine("facts");
  try {
    const facts = await stylisedFacts(
      byStream.map(({ stream, days }) => lakeStream(duck, lake, stream, days)),
      { ...options, onProgress: ({ events, at }) => progress.events(events, at) },
    );
    progress.done();
    if (facts.from === undefined) {
      throw new DataError(`nothing of ${id} in that window: it was recorded ${recordedSpan(all)}`, {
        hints: ["Choose a window inside the recording; `aftershock lake` lists what it holds."],
      });
    }
    const quarantined = quarantinedLines(byStream.flatMap(({ days }) => days));
    if (json) printJson({ ...facts, quarantined });
    else {
      printLine(factsText(facts));
      if (quarantined > 0) printLine(`\nWithout ${grouped(quarantined)} bad lines.`);
    }
  } finally {
    await duck.close();
  }
}
