import { BUY, SELL } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { TestDesk } from "./testDesk.ts";

const asks = (size: number, options = {}): TestDesk =>
  new TestDesk(options).snapshot(0, { bids: [[90, 50]], asks: [[100, size]] });

/** Takes at most 100 lots at 100, and says how many there were. */
function take(desk: TestDesk, at: number): number {
  const before = desk.venue.account.position;
  desk.order(at, { id: `t${at}`, side: BUY, size: 100, price: 100, timeInForce: "ioc" });
  return desk.venue.account.position - before;
}

describe("size that the study has taken", () => {
  it("is not there a second time, although the record still shows it", () => {
    const desk = asks(10);
    expect([take(desk, 1), take(desk, 2)]).toEqual([10, 0]);
    desk.update(3, { bids: [[90, 60]] });
    expect(take(desk, 4)).toBe(0);
  });

  it("is not there for several orders at one instant", () => {
    const desk = asks(10);
    for (const id of ["a", "b"]) desk.venue.submit({ id, side: BUY, size: 6, price: 100 }, 1);
    desk.venue.finish(1);
    expect(desk.fillTexts).toEqual(["a: 6 @ 100", "b: 4 @ 100"]);
  });

  it("is what leaves first when the recorded size falls", () => {
    const desk = asks(10);
    desk.order(1, { id: "a", side: BUY, size: 8, price: 100, timeInForce: "ioc" });
    // 2 were left; 6 fall: of the 8 taken, 2 are still shown, and 2 can be taken.
    desk.update(2, { asks: [[100, 4]] });
    expect(take(desk, 3)).toBe(2);
  });

  it("does not hide size that is added", () => {
    const desk = asks(10);
    expect(take(desk, 1)).toBe(10);
    desk.update(2, { asks: [[100, 13]] });
    expect(take(desk, 3)).toBe(3);
  });

  it("is forgotten when the level vanishes", () => {
    const desk = asks(10);
    expect(take(desk, 1)).toBe(10);
    desk.update(2, { asks: [[100, 0]] }).update(3, { asks: [[100, 4]] });
    expect(take(desk, 4)).toBe(4);
  });

  it("is forgotten when the book is replaced by a snapshot, and after a gap", () => {
    const again = { bids: [[90, 50]], asks: [[100, 10]] } as const;
    const replaced = asks(10);
    expect(take(replaced, 1)).toBe(10);
    expect(take(replaced.snapshot(2, again), 3)).toBe(10);
    const lost = asks(10);
    expect(take(lost, 1)).toBe(10);
    expect(take(lost.gap(2).snapshot(3, again), 4)).toBe(10);
  });

  it("is remembered over snapshots where the source sends nothing else", () => {
    const desk = asks(10, { snapshots: "update" });
    expect(take(desk, 1)).toBe(10);
    expect(take(desk.snapshot(2, { bids: [[90, 50]], asks: [[100, 12]] }), 3)).toBe(2);
  });

  it("is not taken back by a snapshot from before the study had anything to lose", () => {
    const desk = asks(5).snapshot(1, { bids: [[90, 50]], asks: [[100, 10]] });
    expect(take(desk, 2)).toBe(10);
    desk.update(3, { bids: [[90, 60]] });
    expect(take(desk, 4)).toBe(0);
  });

  it("by a resting order that the book came to is not there for a taking one", () => {
    const desk = new TestDesk()
      .snapshot(0, { bids: [[90, 5]], asks: [[110, 5]] })
      .order(1, { id: "a", side: BUY, size: 3, price: 100 })
      .update(2, { asks: [[100, 10]] });
    expect(desk.venue.account.position).toBe(3);
    expect(take(desk, 3)).toBe(7);
  });
});

describe("size that recorded trades have taken, and the book does not show yet,", () => {
  it("is not there", () => {
    expect(take(asks(10).trade(1, BUY, 100, 4), 2)).toBe(6);
  });

  it("is not there at better prices than a trade's either", () => {
    expect(take(asks(10).trade(1, BUY, 101, 1), 2)).toBe(0);
  });

  it("is the same that the study took, as far as both took", () => {
    const desk = asks(10);
    desk.order(1, { id: "a", side: BUY, size: 5, price: 100, timeInForce: "ioc" });
    expect(take(desk.trade(2, BUY, 100, 4), 3)).toBe(5);
  });

  it("counts no more when the book has come", () => {
    expect(
      take(
        asks(10)
          .trade(1, BUY, 100, 4)
          .update(2, { asks: [[100, 6]] }),
        3,
      ),
    ).toBe(6);
  });

  it("does not count where the book of the trade's instant came first", () => {
    const desk = asks(10)
      .update(1, { asks: [[100, 6]] })
      .trade(1, BUY, 100, 4);
    expect(take(desk, 2)).toBe(6);
  });

  it("does not count where the book leads", () => {
    const desk = asks(10, { bookLeadMicros: 5 })
      .update(1, { asks: [[100, 6]] })
      .trade(6, BUY, 100, 4);
    expect(take(desk, 7)).toBe(6);
  });

  it("is of the side that was hit: a sale takes no asks", () => {
    expect(take(asks(10).trade(1, SELL, 100, 4), 2)).toBe(10);
  });
});
