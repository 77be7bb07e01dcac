import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CurrentMargin } from "../../src/engine/currentMargin.ts";
import type { LiquidationStep, ReleaseRule } from "../../src/index.ts";
import { flatSchedule, World } from "./world.ts";

const PRICE = 10_000;
const RATE = 0.01;

const STEPS: readonly (readonly LiquidationStep[])[] = [
  [{ kind: "market" }],
  [
    { kind: "tranche", aboveNotional: 5_000, share: 0.3, cooldownSeconds: 2, inCooldown: "wait" },
    { kind: "market" },
  ],
];

const trader = fc.record({
  margin: fc.double({ min: 0.01, max: 0.06, noNaN: true }),
  lots: fc.integer({ min: 50, max: 2_000 }),
  isShort: fc.boolean(),
});
const event = fc.record({
  move: fc.double({ min: -1.5, max: 1.5, noNaN: true }),
  /** An account that is paid from outside, or closes a part by itself, every now and then. */
  who: fc.nat(40),
  pays: fc.double({ min: -50, max: 50, noNaN: true }),
  closes: fc.nat(100),
  factor: fc.constantFrom(...Array.from({ length: 18 }, () => 1), 1.5, 0.7),
});
const setting = fc.record({
  steps: fc.constantFrom(...STEPS),
  release: fc.constantFrom<ReleaseRule>("whenSafe", "whenSafeAfterClose"),
  traders: fc.array(trader, { minLength: 10, maxLength: 24 }),
  /** Per cent, at first. */
  shock: fc.double({ min: -6, max: 6, noNaN: true }),
  events: fc.array(event, { minLength: 20, maxLength: 60, size: "max" }),
});
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

/** A crash in which a throttle holds accounts up; how often the engine asked whether one is liquidatable. */
function run(drawn: Setting, spares: boolean): { readonly world: World; readonly asked: number } {
  let asked = 0;
  let margin: CurrentMargin | undefined;
  const world = new World({
    steps: drawn.steps,
    fund: 100_000,
    engine: ({ ledger, marks, rest, fund, venue, vault }) => {
      const outside = new Set([rest, fund, venue, vault]);
      const own = new CurrentMargin(
        {
          ledger,
          marks,
          instrument: 0,
          schedule: flatSchedule(RATE),
          trigger: { kind: "belowMaintenance" },
          takerRate: 0,
          isExempt: (account) => outside.has(account),
        },
        1,
      );
      margin = own;
      return {
        model: own,
        isLiquidatable: (account, at) => {
          asked += 1;
          return own.isLiquidatable(account, at);
        },
        triggers: own,
        release: drawn.release,
        throttle: { notionalPerWindow: 150, windowMicros: 100_000 },
        ...(spares ? { dangerBand: (account, at) => own.dangerBand(account, at) } : {}),
      };
    },
  });
  const { ledger, rest, engine } = world;
  for (const { margin: share, lots, isShort } of drawn.traders) {
    world.trader(share * lots * 10, [{ lots: isShort ? -lots : lots, price: PRICE }]);
  }
  const first = ledger.accountCount - drawn.traders.length;
  let price = PRICE;
  const mark = (move: number): void => {
    price *= 1 + move / 100;
    const ticks = Math.round(ledger.ticksOf(0, price));
    world.market.offer(0, "bids", [[ticks - 20, 1e6]]);
    world.market.offer(0, "asks", [[ticks + 20, 1e6]]);
    world.mark({ 0: price }, 250_000);
  };
  const changed = (account: number): void => {
    margin?.changed(account);
    engine.changed(account);
  };
  mark(0);
  mark(drawn.shock);
  for (const { move, who, pays, closes, factor } of drawn.events) {
    const account = first + who;
    const lots = account < ledger.accountCount ? ledger.lots(account, 0) : 0;
    if (lots !== 0) {
      world.deposit(account, Number(pays.toFixed(2)));
      const size = Math.min(closes, Math.abs(lots));
      const [buyer, seller] = lots > 0 ? [rest, account] : [account, rest];
      const ticks = Math.round(ledger.ticksOf(0, price));
      if (size > 0) ledger.exchange({ buyer, seller, instrument: 0, lots: size, price: ticks });
      changed(account);
    }
    if (margin?.scale(factor) === true) engine.rescaled();
    mark(move ** 3 / 2);
    world.wait(150_000);
  }
  ledger.check();
  return { world, asked };
}

describe("a liquidation engine whose throttle holds accounts up", () => {
  it("does the same whether or not it is told between which marks they stay liquidatable, and asks less", () => {
    const asked = { plain: 0, spared: 0 };
    let released = 0;
    fc.assert(
      fc.property(setting, (drawn) => {
        const plain = run(drawn, false);
        const spared = run(drawn, true);
        expect(spared.world.events).toEqual(plain.world.events);
        expect(spared.world.ledger.sums()).toEqual(plain.world.ledger.sums());
        asked.plain += plain.asked;
        asked.spared += spared.asked;
        released += plain.world.of("released").length;
      }),
      { numRuns: 300 },
    );
    // Otherwise nothing was compared.
    expect(released).toBeGreaterThan(100);
    expect(asked.spared).toBeLessThan(0.9 * asked.plain);
  });

  it("begins a window of its throttle with the first order that there is something to close for, at the pace of then", () => {
    const world = new World({
      steps: [{ kind: "market" }],
      fund: 100_000,
      rate: RATE,
      engine: () => ({
        release: "never",
        throttle: { notionalPerWindow: 100, windowMicros: 100_000 },
      }),
    });
    const { ledger, rest, engine, market } = world;
    const long = (money: number) => world.trader(money, [{ lots: 1_000, price: PRICE }]);
    const [first, second] = [long(100), long(110)];
    long(600);
    market.offer(0, "bids", [[95_000, 1e6]]);
    world.mark({ 0: 9_890 });
    for (const account of [first, second]) {
      const lots = ledger.lots(account, 0);
      ledger.exchange({ buyer: rest, seller: account, instrument: 0, lots, price: 98_900 });
      engine.changed(account);
    }
    // Both are settled in the next window, in which nothing is sent at full pace.
    world.mark({ 0: 9_890 }, 100_000);
    market.orders.length = 0;
    engine.pace(0.1);
    world.mark({ 0: 9_400 }, 50_000);
    expect(market.orders.map(({ lots }) => lots)).toEqual([1]);
  });
});
