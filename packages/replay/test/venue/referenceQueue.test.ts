import * as fc from "fast-check";
import { BUY, SELL } from "@aftershock/schema";
import { expect, test } from "vitest";
import { FILLS_BY_TRADES } from "../../src/venue/fillModel.ts";
import { ReferenceLevel, ReferenceQueue } from "./referenceQueue.ts";
import { TestDesk } from "./testDesk.ts";

const size = fc.integer({ min: 1, max: 8 });
const step = fc.oneof(
  fc.record({ kind: fc.constant("level" as const), size: fc.nat(20) }),
  fc.record({ kind: fc.constant("trade" as const), size }),
  fc.record({ kind: fc.constant("through" as const), size }),
  fc.record({ kind: fc.constant("order" as const), size }),
  fc.record({ kind: fc.constant("cancel" as const), size: fc.nat(30) }),
);

test("queues and fills at a price are those of a row of single lots, after any events", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const desk = new TestDesk({ fills: FILLS_BY_TRADES }).snapshot(0, {
        bids: [[100, 9]],
        asks: [[105, 9]],
      });
      const reference = new ReferenceQueue();
      reference.show(9);
      const sizes = new Map<string, number>();
      for (const [index, next] of steps.entries()) {
        const at = 1 + index;
        const [id, gone] = [`o${at}`, `o${next.size}`];
        if (next.kind === "level") {
          desk.update(at, { bids: [[100, next.size]] });
          reference.show(next.size);
        } else if (next.kind === "trade") {
          desk.trade(at, SELL, 100, next.size);
          reference.trade(next.size);
        } else if (next.kind === "through") {
          desk.trade(at, SELL, 99, next.size);
          reference.tradeThrough(next.size);
        } else if (next.kind === "order") {
          desk.order(at, { id, side: BUY, size: next.size, price: 100 });
          reference.join(id, next.size);
          sizes.set(id, next.size);
        } else {
          desk.venue.cancel(gone, at);
          desk.venue.finish(at);
          reference.leave(gone);
        }
        for (const [own, whole] of sizes) {
          const filled = reference.filled.get(own) ?? 0;
          const order = desk.venue.order(own);
          const expected = [reference.aheadOf(own), filled === whole ? undefined : filled];
          if (order !== undefined) expect([order.ahead, order.filled]).toEqual(expected);
          else expect(reference.aheadOf(own)).toBeNaN();
        }
      }
      const filled = [...reference.filled.values()].reduce((sum, lots) => sum + lots, 0);
      expect(desk.venue.account.position).toBe(filled);
    }),
    { numRuns: 300 },
  );
});

const take = fc.oneof(
  fc.record({
    kind: fc.constant("show" as const),
    price: fc.integer({ min: 101, max: 103 }),
    size: fc.nat(12),
  }),
  fc.record({
    kind: fc.constant("take" as const),
    price: fc.integer({ min: 101, max: 103 }),
    size,
  }),
);

test("what the study can take is what is left of rows of single lots, after any messages and takes", () => {
  fc.assert(
    fc.property(fc.array(take, { maxLength: 40 }), (steps) => {
      const desk = new TestDesk().snapshot(0, { bids: [[90, 1]] });
      const levels = new Map([101, 102, 103].map((price) => [price, new ReferenceLevel()]));
      let expected = 0;
      for (const [index, { kind, price, size: lots }] of steps.entries()) {
        const at = 1 + index;
        if (kind === "show") {
          desk.update(at, { asks: [[price, lots]] });
          levels.get(price)?.show(lots);
          continue;
        }
        desk.order(at, { id: `t${at}`, side: BUY, size: lots, price, timeInForce: "ioc" });
        let left = lots;
        for (const [levelPrice, level] of levels) if (levelPrice <= price) left -= level.take(left);
        expected += lots - left;
        expect(desk.venue.account.position).toBe(expected);
      }
    }),
    { numRuns: 300 },
  );
});
