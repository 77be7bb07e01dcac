import * as fc from "fast-check";
import { BUY, SELL } from "@aftershock/schema";
import { ConstantLatency } from "../../src/venue/constantLatency.ts";
import {
  FILLS_BY_BOOK,
  FILLS_BY_TRADES,
  FILLS_BY_TRADES_AND_BOOK,
} from "../../src/venue/fillModel.ts";
import type { Amendment, OrderRequest, Side } from "../../src/venue/order.ts";
import { ProbabilityQueue, logWeight, shareOfTotal } from "../../src/venue/probabilityQueue.ts";
import { RISK_AVERSE_QUEUE } from "../../src/venue/riskAverseQueue.ts";
import { TestDesk } from "./testDesk.ts";

const side = fc.constantFrom<Side>(BUY, SELL);
const lots = fc.integer({ min: 1, max: 12 });
/** Mostly at the touch and around it. */
const price = fc.oneof(fc.integer({ min: 99, max: 101 }), fc.integer({ min: 95, max: 105 }));
const levels = fc.array(fc.tuple(fc.nat(6), fc.nat(12)), { maxLength: 4 });
/** Bids up to 100 and asks from 100: sometimes locked, never crossed. */
const text = fc.record({ bids: levels, asks: levels }).map(({ bids, asks }) => ({
  bids: bids.map(([below, size]) => [100 - below, size] as const),
  asks: asks.map(([above, size]) => [100 + above, size] as const),
}));

const terms = fc.oneof(
  fc.record({ price }),
  fc.record({ price }),
  fc.record({ price, timeInForce: fc.constantFrom("ioc" as const, "fok" as const) }),
  fc.record({ timeInForce: fc.constantFrom("ioc" as const, "fok" as const) }),
  fc.record({ price, postOnly: fc.constant(true) }),
  fc.record({ price, displaySize: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    stop: fc.record({
      kind: fc.constant("stop" as const),
      trigger: fc.constantFrom("last" as const, "mark" as const),
      price,
    }),
  }),
  fc.record({
    stop: fc.record({
      kind: fc.constant("trailing" as const),
      trigger: fc.constant("last" as const),
      by: fc.record({ ticks: fc.integer({ min: 1, max: 4 }) }),
    }),
  }),
);

const request = fc
  .tuple(side, lots, fc.constantFrom(false, false, false, true), terms)
  .map(([own, size, reduceOnly, more]) => ({ side: own, size, reduceOnly, ...more }));

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("update" as const), text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("snapshot" as const), text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("gap" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("trade" as const), side, price, size: lots }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("mark" as const), price }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("submit" as const), request }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), back: fc.nat(4) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("amend" as const),
      back: fc.nat(4),
      amendment: fc.oneof(
        fc.record({ size: lots }),
        fc.record({ price }),
        fc.record({ price, size: lots }),
      ),
    }),
  },
);

/** A recorded day with a study in it: events and requests, one after the other. */
export const day = fc.record({
  steps: fc.array(step, { minLength: 15, maxLength: 60, size: "max" }),
  latency: fc.record({ orderMicros: fc.nat(25), responseMicros: fc.nat(25) }),
  queue: fc.constantFrom(RISK_AVERSE_QUEUE, new ProbabilityQueue(shareOfTotal(logWeight()))),
  fills: fc.constantFrom(FILLS_BY_TRADES, FILLS_BY_BOOK, FILLS_BY_TRADES_AND_BOOK),
});

/** One of them. */
export type Day = typeof day extends fc.Arbitrary<infer T> ? T : never;

/** What a study sent. */
export interface Sent {
  readonly order: OrderRequest;
  readonly sentAt: number;
  readonly amendments: Amendment[];
}

/** Between two events of a day, µs. */
const GAP_MICROS = 10;

/** Plays a day; `after` is called after each event with its time. */
export function play(
  { steps, latency, queue, fills }: Day,
  after: (desk: TestDesk, at: number, step: Day["steps"][number]) => void = () => {},
): { readonly desk: TestDesk; readonly sent: ReadonlyMap<string, Sent> } {
  const desk = new TestDesk({ latency: new ConstantLatency(latency), queue, fills });
  const sent = new Map<string, Sent>();
  desk.snapshot(0, { bids: [[99, 8]], asks: [[101, 8]] });
  for (const [index, next] of steps.entries()) {
    const at = (1 + index) * GAP_MICROS;
    if (next.kind === "update") desk.update(at, next.text);
    else if (next.kind === "snapshot") desk.snapshot(at, next.text);
    else if (next.kind === "gap") desk.gap(at);
    else if (next.kind === "trade") desk.trade(at, next.side, next.price, next.size);
    else if (next.kind === "mark") desk.mark(at, next.price);
    else if (next.kind === "submit") {
      const order = { id: `o${index}`, ...next.request };
      sent.set(order.id, { order, sentAt: at, amendments: [] });
      desk.venue.submit(order, at);
    } else {
      const id = [...sent.keys()].at(-1 - next.back) ?? "none";
      if (next.kind === "cancel") desk.venue.cancel(id, at);
      else {
        sent.get(id)?.amendments.push(next.amendment);
        desk.venue.amend(id, next.amendment, at);
      }
    }
    after(desk, at, next);
  }
  desk.venue.finish((steps.length + 10) * GAP_MICROS);
  return { desk, sent };
}
