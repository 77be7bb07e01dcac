import { expect, it } from "vitest";
import type { LiquidationEventKind, LiquidationStep } from "../../src/index.ts";
import { step, World } from "./world.ts";

const STEPS: readonly LiquidationStep[] = [
  step("cancel"),
  { kind: "tranche", aboveNotional: 0, share: 0.3, cooldownSeconds: 2, inCooldown: "wait" },
  step("market"),
  step("takeover"),
  step("insurance"),
  step("adl"),
];

/** A fall with forced orders, a fund that takes over and pays, and auto-deleveraging. */
function fall(events?: ReadonlySet<LiquidationEventKind>): World {
  const world = new World({
    steps: STEPS,
    fund: 500,
    engine: () => (events === undefined ? {} : { events }),
  });
  world.mark({ 0: 10_000 });
  for (let place = 0; place < 12; place += 1) {
    world.trader(60 + 30 * place, [{ lots: 800, price: 10_000 }]);
    world.trader(2_000, [{ lots: -500, price: 10_000 }]);
  }
  for (const price of [9_950, 9_900, 9_850, 9_900, 9_700, 9_500, 9_400]) {
    world.market.offer(0, "bids", [[10 * price - 300, 900]]);
    world.mark({ 0: price }, 1_500_000);
  }
  return world;
}

it("are told of the kinds that are wanted alone, and nothing else depends on it", () => {
  const all = fall();
  const kinds = new Set(all.events.map(({ kind }) => kind));
  for (const kind of ["triggered", "forcedOrder", "fill", "adl", "closed", "takenOver"] as const) {
    expect(kinds).toContain(kind);
  }
  for (const wanted of [new Set<LiquidationEventKind>(["fill", "adl"]), kinds]) {
    const some = fall(wanted);
    expect(some.events).toEqual(all.events.filter(({ kind }) => wanted.has(kind)));
    expect(some.ledger.sums()).toEqual(all.ledger.sums());
    for (let id = 0; id < all.ledger.accountCount; id += 1) {
      expect(some.ledger.cash(id)).toBe(all.ledger.cash(id));
      expect(some.ledger.positions(id)).toEqual(all.ledger.positions(id));
    }
  }
  expect(fall(new Set()).events).toEqual([]);
});
