import { micros } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeldCases, type HeldCasesOptions } from "../../src/liquidation/heldCases.ts";
import {
  CaseQueue,
  type LiquidationCase,
  openCase,
} from "../../src/liquidation/liquidationCase.ts";

const latched = (order: number): LiquidationCase =>
  openCase({ account: order, order, triggeredAt: micros(0), moved: [], lastInstrument: 0 });

describe("CaseQueue", () => {
  it("gives accounts by time and then in the order of latching, whatever was entered, entered again or overtaken", () => {
    const moves = fc.array(
      fc.tuple(fc.nat(7), fc.oneof(fc.nat(5), fc.constant(Infinity), fc.constant(-1))),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(moves, (all) => {
        const queue = new CaseQueue();
        const cases = Array.from({ length: 8 }, (_, order) => latched(order));
        for (const one of cases) one.dueAt = Number.NaN;
        const due = (): readonly LiquidationCase[] =>
          cases
            .filter(({ dueAt }) => dueAt < Infinity)
            .toSorted((a, b) => a.dueAt - b.dueAt || a.order - b.order);
        for (const [which, at] of all) {
          const [first] = due();
          expect(queue.nextAt).toBe(first?.dueAt ?? Infinity);
          expect(queue.first).toBe(first);
          if (at === -1) {
            expect(queue.pop()).toBe(first);
            continue;
          }
          const one = cases[which]!;
          one.dueAt = at;
          queue.push(one);
        }
        for (let [first] = due(); first !== undefined; [first] = due())
          expect(queue.pop()).toBe(first);
        expect(queue.pop()).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe("HeldCases", () => {
  const waiting = (order: number, instrument = 0, fillOrKill = false): LiquidationCase => {
    const one = latched(order);
    one.orders = [{ instrument, lots: 5, limit: "none", fillOrKill }];
    return one;
  };

  const nobody = (): boolean => false;
  /** Says of everybody that he does not wait on, so that each is looked at by itself. */
  const heldOf = (options: Partial<HeldCasesOptions>): HeldCases =>
    new HeldCases({
      mayBeReleased: nobody,
      waitsOn: nobody,
      markOf: () => 100,
      bandOf: () => undefined,
      ...options,
    });

  it("gives accounts in the order of latching, and is due at no time when nobody waits", () => {
    const held = heldOf({});
    expect([held.dueAt, held.next]).toEqual([Infinity, undefined]);
    for (const order of [3, 5, 1, 4]) held.add(waiting(order), 100);
    expect(held.dueAt).toBe(100);
    const orders: number[] = [];
    for (let { next } = held; next !== undefined; { next } = held) {
      orders.push(next.order);
      held.take(200);
      if (orders.length === 2) held.add(waiting(2), 200);
    }
    expect(orders).toEqual([1, 3, 2, 4, 5]);
    expect(held.dueAt).toBe(Infinity);
  });

  it("looks at the first alone of a window in which nothing is let through, and at those who may be let go", () => {
    const held = heldOf({ mayBeReleased: ({ order }) => order === 2 || order === 5 });
    for (const order of [1, 2, 3, 4, 5, 6]) held.add(waiting(order), 100);
    const lookedAt = (): readonly (number | undefined)[] => {
      const orders: (number | undefined)[] = [];
      const { dueAt } = held;
      while (held.dueAt === dueAt) {
        orders.push(held.next?.order);
        held.pass(dueAt + 100, Infinity);
      }
      return orders;
    };
    expect([lookedAt(), held.dueAt, lookedAt(), held.dueAt]).toEqual([
      [1, 2, 5],
      200,
      [1, 2, 5],
      300,
    ]);
    // The second is let go, and one that was latched before it comes in and has been looked at: the window goes on with the next.
    held.pass(400, Infinity);
    held.take(400);
    held.add(waiting(0), 400);
    expect([held.next?.order, held.dueAt]).toEqual([3, 300]);
    held.pass(400, Infinity);
    expect([held.next?.order, held.dueAt]).toEqual([5, 300]);
    held.pass(400, Infinity);
    expect([held.next?.order, held.dueAt]).toEqual([0, 400]);
  });

  it("passes by all that wait on, up to one that does not or that comes after somebody else", () => {
    let leaving = 3;
    const held = heldOf({
      mayBeReleased: ({ order }) => order > 1,
      waitsOn: ({ order }) => order !== leaving,
    });
    for (const order of [1, 2, 3, 4]) held.add(waiting(order), 100);
    const passed = (window: number, until: number): readonly (number | undefined)[] => {
      held.pass(window, until);
      return [held.next?.order, held.dueAt];
    };
    expect(passed(200, Infinity)).toEqual([3, 100]);
    leaving = Number.NaN;
    expect(passed(200, 4)).toEqual([4, 100]);
    expect(passed(200, Infinity)).toEqual([1, 200]);
    expect(passed(300, Infinity)).toEqual([1, 300]);
  });

  it("asks nobody again as long as the mark lies within all bands, and nobody has changed", () => {
    let mark = 100;
    const asked: number[] = [];
    const held = heldOf({
      mayBeReleased: () => true,
      waitsOn: ({ order }) => {
        asked.push(order);
        return mark < 110 + order;
      },
      markOf: () => mark,
      // Of the third nothing is known.
      bandOf: ({ order }) => (order === 3 ? undefined : { low: 90 - order, high: 110 + order }),
    });
    const cases = [1, 2, 3, 4].map((order) => waiting(order));
    for (const one of cases) held.add(one, 100);
    const askedAt = (price: number): readonly number[] => {
      mark = price;
      asked.length = 0;
      held.pass(held.dueAt + 100, Infinity);
      return [...asked];
    };
    expect(askedAt(100)).toEqual([2, 3, 4]);
    expect(askedAt(105)).toEqual([3]);
    held.changed(cases[3]!);
    held.changed(waiting(4));
    expect(askedAt(105)).toEqual([3, 4]);
    held.forget();
    expect(askedAt(105)).toEqual([2, 3, 4]);
    // The band of the second, from 88 to 112, is left; up to its order those before it are looked at by whoever asks for the next.
    expect(askedAt(86.5)).toEqual([2, 3, 4]);
    expect(askedAt(112.5)).toEqual([2]);
    expect(held.next?.order).toBe(2);
    held.take(900);
    expect(askedAt(112.6)).toEqual([4]);
  });

  it("forgets who was taken out, and passes nobody where nobody waits", () => {
    const held = heldOf({ mayBeReleased: () => true });
    held.pass(100, Infinity);
    for (const order of [1, 2, 3]) held.add(waiting(order), 100);
    held.pass(200, Infinity);
    held.take(200);
    expect(held.next?.order).toBe(3);
    held.pass(200, Infinity);
    held.pass(300, Infinity);
    expect([held.next?.order, held.dueAt]).toEqual([3, 200]);
  });

  it("waits for the next window when the last of them is taken", () => {
    const held = heldOf({ mayBeReleased: ({ order }) => order === 2 });
    for (const order of [1, 2]) held.add(waiting(order), 100);
    held.pass(200, Infinity);
    held.take(200);
    expect([held.next?.order, held.dueAt]).toEqual([1, 200]);
  });

  it("takes in only orders that may be cut, of one instrument", () => {
    const held = heldOf({});
    expect(held.fits(latched(0))).toBe(false);
    expect(held.fits(waiting(0, 0, true))).toBe(false);
    held.add(waiting(0), 100);
    expect(held.fits(waiting(1))).toBe(true);
    expect(held.fits(waiting(1, 1))).toBe(false);
  });
});
