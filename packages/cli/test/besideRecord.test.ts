import type { OnTouch, ReplayHandlers } from "@aftershock/replay";
import { type Batch, decimal, type EventStream, type Instrument, micros } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { besideHandlers, joinedStreams } from "../src/besideRecord.ts";

const INSTRUMENT: Instrument = {
  id: "v:A",
  venue: "v",
  symbol: "A",
  kind: "perpetual",
  contract: "linear",
  multiplier: 1,
  base: "A",
  quote: "USD",
  settle: "USD",
  tick: decimal("1"),
  lot: decimal("1"),
  gridSource: "table",
};

const streamOf = (stream: EventStream["stream"], id: string): EventStream => ({
  stream,
  instrument: { ...INSTRUMENT, id },
  simulated: false,
  // oxlint-disable-next-line typescript/require-await -- nothing is read
  async *batches() {},
});

const FROM = micros(1_000);

/** What was called, in order. */
function joined(own: readonly string[], other: readonly string[]) {
  const calls: string[] = [];
  const rows =
    (name: string) =>
    (_: Batch<"trades">, from: number, to: number): void =>
      void calls.push(`${name} ${from}-${to}`);
  const onTouch: OnTouch = (bid, ask, at) => calls.push(`touch ${bid} ${ask} ${at}`);
  const record: ReplayHandlers = {
    wake: "touch",
    onTouch,
    on: own.includes("trades") ? { trades: rows("record") } : {},
    interval: { every: 100, onEnd: (start) => calls.push(`step ${start}`) },
  };
  const beside = {
    on: other.includes("trades") ? { trades: rows("beside") } : {},
    ...(other.includes("book") ? { onBook: () => undefined } : {}),
  };
  return { handlers: besideHandlers(record, beside, FROM), calls };
}

const BATCH = { stream: "trades" } as Batch<"trades">;

describe("what is replayed beside a record", () => {
  it("has each stream once, the record's first, and of one that both have that of what is beside it", () => {
    const own = [streamOf("book", "v:A"), streamOf("tickers", "v:A")];
    const other = [streamOf("options", "v:O"), streamOf("tickers", "v:A")];
    const beside = { streams: other, from: FROM, handlers: {} };
    expect(joinedStreams({ streams: own }, beside)).toEqual([own[0], other[1], other[0]]);
  });

  it("hears after the record, which hears nothing from before its beginning", () => {
    const { handlers, calls } = joined(["trades"], ["trades"]);
    handlers.on?.trades?.(BATCH, 0, 3, Float64Array.of(900, 999, 1_000));
    handlers.on?.trades?.(BATCH, 0, 1, Float64Array.of(900));
    handlers.interval?.onEnd(micros(800), []);
    handlers.interval?.onEnd(micros(900), []);
    handlers.interval?.onEnd(micros(1_000), []);
    expect(calls).toEqual(["record 2-3", "beside 0-3", "beside 0-1", "step 1000"]);
    expect(joined([], ["trades"]).handlers.on).toHaveProperty("trades");
    expect(joined([], []).handlers.on).toEqual({});
  });

  it("tells the record of moves of the best prices alone, whether books are shown or not", () => {
    for (const other of [[], ["book"]]) {
      const { handlers, calls } = joined([], other);
      expect(handlers.wake).toBe(other.length === 0 ? "touch" : undefined);
      const tell = (bid: number, ask: number, at: number): void =>
        handlers.onTouch?.(bid, ask, micros(at), 0);
      tell(1, 2, 900);
      tell(1, 2, 1_000);
      if (other.length > 0) tell(1, 2, 1_001);
      tell(1, 3, 1_002);
      // What was told before the record's beginning was told to nobody.
      expect(calls).toEqual(["touch 1 2 1000", "touch 1 3 1002"].slice(other.length));
    }
  });
});
