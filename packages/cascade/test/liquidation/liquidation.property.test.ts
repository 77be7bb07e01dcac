import { decimal } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyLiquidationEvent,
  type Ledger,
  type LiquidationEvent,
  type LiquidationStep,
  type ReleaseRule,
} from "../../src/index.ts";
import { BINANCE, ETHER, INVERSE, LINEAR, step, World, type WorldOptions } from "./world.ts";

const RATE = 0.004;
const TRANCHE: LiquidationStep = {
  kind: "tranche",
  aboveNotional: 5_000,
  share: 0.2,
  cooldownSeconds: 3,
  inCooldown: "wait",
};
const BACKSTOP: LiquidationStep = {
  kind: "backstop",
  by: "vault",
  belowShareOfMaintenance: 2 / 3,
};
const INCREMENTS: LiquidationStep = {
  kind: "increments",
  contractsPerOrder: 0.2,
  ordersPerSecond: 4,
};
const FILLABLE: LiquidationStep = {
  kind: "fillable",
  bankruptcyAdjustment: 1,
  spreadToMaintenance: 1.5,
  shareOfPositionPerBlock: 0.3,
  minimumNotional: 1_000,
  notionalPerBlock: 50_000,
  insuranceLossPerBlock: 1_000,
};
const STEP_DOWN: LiquidationStep = {
  kind: "stepDown",
  tiersAtOnce: 1,
  fromTier: undefined,
  fromSize: undefined,
  toSize: undefined,
  order: "fillOrKill",
};
/** Rules of every kind; the last three can leave losses that nobody is made to bear. */
const RULES: readonly (readonly LiquidationStep[])[] = [
  BINANCE,
  [step("cancel"), STEP_DOWN, step("takeover"), step("insurance"), step("adl")],
  [TRANCHE, step("market"), BACKSTOP, step("adl")],
  [{ ...TRANCHE, inCooldown: "closeWhole" }, step("market"), BACKSTOP, step("adl")],
  [FILLABLE, step("insurance"), step("adl")],
  [step("market"), step("insurance"), step("adl")],
  [step("market")],
  [INCREMENTS, step("insurance"), step("socialised")],
  [step("market"), step("socialised")],
];

/** A leveraged account: margin as a share of notional, BTC and ETH lots of either sign. */
const trader = fc.record({
  margin: fc.double({ min: 0.005, max: 0.3, noNaN: true }),
  btc: fc.integer({ min: -3_000, max: 3_000 }),
  eth: fc.integer({ min: -3_000, max: 3_000 }),
});
/** A move of both marks, in per cent, and what the books offer then: how far from the mark, how many lots a level. */
const shock = fc.record({
  btc: fc.double({ min: -8, max: 8, noNaN: true }),
  eth: fc.double({ min: -8, max: 8, noNaN: true }),
  gap: fc.double({ min: 0, max: 0.03, noNaN: true }),
  depth: fc.integer({ min: 0, max: 2_000 }),
});
const setting = fc.record({
  steps: fc.constantFrom(...RULES),
  traders: fc.array(trader, { minLength: 1, maxLength: 8 }),
  shocks: fc.array(shock, { minLength: 1, maxLength: 6 }),
  fund: fc.double({ min: 0, max: 2_000, noNaN: true }),
  fee: fc.constantFrom(0, 0.003, 0.0125),
  isMaximum: fc.boolean(),
  tradingRate: fc.constantFrom(0, 0.0005, 0.002),
  includesTrading: fc.boolean(),
  takesSurplus: fc.boolean(),
  release: fc.constantFrom<ReleaseRule>("whenSafe", "whenSafeAfterClose", "never"),
  isThrottled: fc.boolean(),
  unwinds: fc.boolean(),
});
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

const anyLots = fc.integer({ min: -3_000, max: 3_000 }).filter((lots) => lots !== 0);
const oneShock = fc.record({
  longs: fc.array(
    fc.record({
      margin: fc.double({ min: 0.005, max: 0.15, noNaN: true }),
      lots: fc.integer({ min: 1, max: 20 }),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  fall: fc.double({ min: 0.02, max: 0.15, noNaN: true }),
  depth: fc.nat(20),
  fund: fc.double({ min: 0, max: 3_000, noNaN: true }),
  more: fc.double({ min: 0, max: 1_500, noNaN: true }),
});
type OneShock = typeof oneShock extends fc.Arbitrary<infer T> ? T : never;

const BTC = 10_000;
const ETH = 500;

function worldOf(drawn: Setting, options: WorldOptions = {}): World {
  const { steps, fee, isMaximum, tradingRate, takesSurplus, release } = drawn;
  const { isThrottled, unwinds } = drawn;
  const includesTrading = drawn.includesTrading && fee > tradingRate;
  const world = new World({
    instruments: [LINEAR, ETHER],
    steps,
    rate: RATE,
    fund: drawn.fund,
    terms: {
      takesSurplus,
      fee: { rate: fee, isMaximum, paidTo: "insuranceFund", tradingRate, includesTrading },
    },
    engine: () => ({
      release,
      blockMicros: 500_000,
      ...(isThrottled
        ? { throttle: { notionalPerWindow: 5_000, windowMicros: 250_000 } }
        : undefined),
      ...(unwinds
        ? { unwinding: { kind: "market", everyMicros: 500_000, share: 0.5 } as const }
        : undefined),
    }),
    ...options,
  });
  world.deposit(world.vault, 1_000);
  world.mark({ 0: BTC, 1: ETH });
  for (const { margin, btc, eth } of drawn.traders) {
    const notional = (Math.abs(btc) * BTC) / 1_000 + (Math.abs(eth) * ETH) / 100;
    const positions = [
      { instrument: 0, lots: btc, price: BTC },
      { instrument: 1, lots: eth, price: ETH },
    ].filter(({ lots }) => lots !== 0);
    // Half of what each takes is taken of the trader before: losers and winners meet.
    world.trader(
      margin * notional + 1,
      positions.map((one, i) => ({
        ...one,
        from: i === 0 && world.ledger.accountCount > 4 ? world.ledger.accountCount - 1 : world.rest,
      })),
    );
  }
  return world;
}

function run(drawn: Setting, world: World): World {
  let [btc, eth] = [BTC, ETH];
  for (const { btc: move, eth: other, gap, depth } of drawn.shocks) {
    btc *= 1 + move / 100;
    eth *= 1 + other / 100;
    [btc, eth].forEach((price, instrument) => {
      const mark = world.ledger.ticksOf(instrument, price);
      for (const side of ["bids", "asks"] as const) {
        const sign = side === "bids" ? -1 : 1;
        const level = (far: number): readonly [number, number] => [
          Math.max(1, Math.round(mark * (1 + sign * gap * far))),
          depth,
        ];
        world.market.offer(instrument, side, [level(0.2), level(0.6), level(1), level(3)]);
      }
    });
    world.mark({ 0: btc, 1: eth });
    world.wait(2_000_000);
  }
  return world;
}

const isContractEvent = (event: LiquidationEvent): boolean =>
  event.kind === "forcedOrder" ? event.cause !== "unwind" && event.cause !== "collateral" : false;

describe("a liquidation engine, under random books, accounts, rules and shocks", () => {
  it("keeps Σ money and Σ positions, and a fund that has realised nothing below zero, at every event", () => {
    fc.assert(
      fc.property(setting, (drawn) => {
        const onEvent = (_event: LiquidationEvent, { ledger, fund }: World): void => {
          ledger.check();
          expect(ledger.walletUnits(fund)).toBeGreaterThanOrEqual(0);
        };
        run(drawn, worldOf(drawn, { onEvent }));
      }),
      { numRuns: 400 },
    );
  });

  it("is told by its events to the unit and the lot", () => {
    fc.assert(
      fc.property(setting, (drawn) => {
        const world = worldOf(drawn);
        const twin = worldOf(drawn).ledger;
        run(drawn, world);
        for (const event of world.events) applyLiquidationEvent(twin, event);
        expect(stateOf(twin)).toEqual(stateOf(world.ledger));
      }),
      { numRuns: 300 },
    );
  });

  it("latches nobody whose equity is at or above the maintenance margin, and where accounts are let go when safe sends nothing for them either", () => {
    fc.assert(
      fc.property(setting, (drawn) => {
        const check = (event: LiquidationEvent, { model, marks, fund, vault }: World): void => {
          const isForced = isContractEvent(event) && drawn.release === "whenSafe";
          if (event.kind !== "triggered" && !isForced) return;
          const { account } = event;
          if (account === fund || account === vault) return;
          expect(model.equity(account, marks)).toBeLessThan(model.maintenance(account, marks));
        };
        run(drawn, worldOf(drawn, { onEvent: check }));
      }),
      { numRuns: 400 },
    );
  });

  it("deleverages lot for lot what was liquidated: both sides shrink by the same, and nobody else", () => {
    const lotsOf = ({ ledger }: World): readonly (readonly number[])[] =>
      Array.from({ length: ledger.accountCount }, (_, account) =>
        [0, 1].map((instrument) => ledger.lots(account, instrument)),
      );
    fc.assert(
      fc.property(setting, (drawn) => {
        let before: readonly (readonly number[])[] | undefined;
        const onEvent = (event: LiquidationEvent, world: World): void => {
          const after = lotsOf(world);
          if (event.kind === "adl" && before !== undefined) {
            const { account, counterparty, instrument, lots } = event;
            const expected = before.map((row) => [...row]);
            expected[account]![instrument]! -= lots;
            expected[counterparty]![instrument]! += lots;
            expect(after).toEqual(expected);
            for (const one of [account, counterparty]) {
              const [was, is] = [before[one]![instrument]!, after[one]![instrument]!];
              expect(Math.abs(was) - Math.abs(is)).toBe(Math.abs(lots));
            }
          }
          before = after;
        };
        const world = worldOf(drawn, { onEvent });
        before = lotsOf(world);
        run(drawn, world);
      }),
      { numRuns: 300 },
    );
  });

  it("books bad debt once: what closed accounts lacked is what was paid for them, and none stays below zero", () => {
    fc.assert(
      fc.property(setting, (drawn) => {
        const start = worldOf(drawn);
        const before = start.ledger.cash(start.venue);
        const world = run(drawn, start);
        const { ledger, venue } = world;
        const sum = (units: readonly { units: number }[]): number =>
          units.reduce((all, one) => all + one.units, 0);
        const fees = world.of("fee").filter(({ to }) => to === venue);
        expect(ledger.cash(venue) - before).toBe(sum(fees) - sum(world.of("badDebt")));
        for (const { account } of world.of("closed")) {
          if (ledger.positions(account).length === 0) {
            expect(ledger.cash(account)).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("sells nothing more of an account in the cooldown of its tranche, whether it was let go or not, but what a throttle held back", () => {
    const steps: readonly LiquidationStep[] = [{ ...TRANCHE, cooldownSeconds: 10 }, step("market")];
    // Margins in per cent, moves in tenths of a per cent.
    const slide = fc.record({
      margins: fc.array(fc.integer({ min: 3, max: 12 }), { minLength: 1 }),
      moves: fc.array(fc.integer({ min: -10, max: 4 }), { minLength: 10, maxLength: 30 }),
      notionalPerWindow: fc.constantFrom(3_000, 1e9),
    });
    let anew = 0;
    fc.assert(
      fc.property(slide, ({ margins, moves, notionalPerWindow }) => {
        const engine = () => ({ throttle: { notionalPerWindow, windowMicros: 2_500_000 } });
        const world = new World({ steps, rate: 0.03, engine });
        let price = BTC;
        world.mark({ 0: price });
        for (const margin of margins) world.trader((margin / 100) * BTC, [{ lots: 1_000, price }]);
        for (const move of moves) {
          price *= 1 + move / 1_000;
          world.market.offer(0, "bids", [[world.ledger.ticksOf(0, price), 1e6]]);
          world.mark({ 0: price });
        }
        const cooledAt = new Map<number, number>();
        const begun = new Set<number>();
        for (const event of world.events) {
          if (event.kind === "released") begun.delete(event.account);
          if (event.kind === "triggered" && event.at < (cooledAt.get(event.account) ?? 0))
            anew += 1;
          if (event.kind === "fill" && event.cause === "tranche") {
            cooledAt.set(event.account, event.at + 10_000_000);
          }
          if (event.kind !== "forcedOrder") continue;
          const { account, at, cause } = event;
          if (cause === "tranche" && begun.has(account)) continue;
          expect(at).toBeGreaterThanOrEqual(cooledAt.get(account) ?? 0);
          if (cause === "tranche") begun.add(account);
        }
      }),
      { numRuns: 200 },
    );
    expect(anew).toBeGreaterThan(100);
  });

  it("gives the same events for the same inputs", () => {
    fc.assert(
      fc.property(setting, (drawn) => {
        expect(run(drawn, worldOf(drawn)).events).toEqual(run(drawn, worldOf(drawn)).events);
      }),
      { numRuns: 100 },
    );
  });

  it("never deleverages more with a richer insurance fund, in one shock", () => {
    // Lots of a whole coin, so that who is served first matters.
    const instruments = [{ ...LINEAR, lot: decimal("1") }];
    const adlAfter = (drawn: OneShock, fund: number): number => {
      const world = new World({ instruments, fund });
      world.mark({ 0: BTC });
      for (const { margin, lots } of drawn.longs) {
        world.trader(margin * lots * BTC, [{ lots, price: BTC }]);
      }
      const short = drawn.longs.reduce((sum, { lots }) => sum + lots, 0);
      world.trader(short * BTC, [{ lots: -short, price: BTC }]);
      world.market.offer(0, "bids", [[95_000, drawn.depth]]);
      world.mark({ 0: BTC * (1 - drawn.fall) });
      return world.of("adl").reduce((sum, { lots }) => sum + lots, 0);
    };
    let deleveraged = 0;
    fc.assert(
      fc.property(oneShock, (drawn) => {
        const poor = adlAfter(drawn, drawn.fund);
        deleveraged += poor > 0 ? 1 : 0;
        expect(adlAfter(drawn, drawn.fund + drawn.more)).toBeLessThanOrEqual(poor);
      }),
      { numRuns: 500 },
    );
    expect(deleveraged).toBeGreaterThan(100);
  });

  it("keeps the fund above zero where it takes longs and shorts in turn, at every event", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ margin: fc.double({ min: 0.005, max: 0.05, noNaN: true }), lots: anyLots }),
          { minLength: 2, maxLength: 12 },
        ),
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 2, maxLength: 8 }),
        fc.double({ min: 0, max: 3_000, noNaN: true }),
        (traders, moves, fund) => {
          const world = new World({
            fund,
            onEvent: (_event, { ledger, fund: account }) => {
              ledger.check();
              expect(ledger.walletUnits(account)).toBeGreaterThanOrEqual(0);
            },
          });
          let price = BTC;
          world.mark({ 0: price });
          for (const { margin, lots } of traders) {
            world.trader((margin * Math.abs(lots) * price) / 1_000, [{ lots, price }]);
          }
          // Somebody with money on either side, so that ADL always finds a taker.
          world.trader(1e6, [{ lots: 40_000, price }]);
          world.trader(1e6, [{ lots: -40_000, price }]);
          for (const move of moves) {
            price *= 1 + move / 100;
            world.mark({ 0: price });
            expect(world.worth(world.fund)).toBeGreaterThan(-1e-9);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("deleverages nobody, and leaves no bad debt, where the fund has no end", () => {
    fc.assert(
      fc.property(setting, fc.constantFrom(0, 1), (drawn, rule) => {
        const endless = { ...drawn, fund: 1e9, steps: RULES[rule]! };
        const world = run(endless, worldOf(endless));
        expect(world.of("adl")).toEqual([]);
        expect(world.of("badDebt")).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("meets every kind of event in these draws", () => {
    const kinds = new Set<string>();
    const draws = fc.sample(setting, { numRuns: 600, seed: 5 });
    for (const drawn of draws)
      for (const kind of run(drawn, worldOf(drawn)).kinds()) kinds.add(kind);
    expect([...kinds].sort()).toEqual([
      "adl",
      "backstopped",
      "badDebt",
      "cancelled",
      "closed",
      "fee",
      "fill",
      "forcedOrder",
      "insurancePaid",
      "released",
      "socialised",
      "surplusTaken",
      "takenOver",
      "triggered",
    ]);
  });

  it("holds for inverse contracts: money, lots, and a fund that is never below zero", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            margin: fc.double({ min: 0.006, max: 0.2, noNaN: true }),
            lots: fc.integer({ min: 100, max: 500_000 }),
            isLong: fc.boolean(),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        fc.array(fc.double({ min: -15, max: 15, noNaN: true }), { minLength: 1, maxLength: 5 }),
        (traders, moves) => {
          const world = new World({
            instruments: [INVERSE],
            fund: 0.5,
            onEvent: (_event, { ledger, fund }) => {
              ledger.check();
              expect(ledger.walletUnits(fund)).toBeGreaterThanOrEqual(0);
            },
          });
          let price = 8_000;
          world.mark({ 0: price });
          for (const { margin, lots, isLong } of traders) {
            const signed = isLong ? lots : -lots;
            world.trader((margin * lots) / price, [{ lots: signed, price }]);
          }
          for (const move of moves) {
            price *= 1 + move / 100;
            world.market.offer(0, "bids", [[Math.round(price * 2 * 0.999), 20_000]]);
            world.market.offer(0, "asks", [[Math.round(price * 2 * 1.001), 20_000]]);
            world.mark({ 0: price });
          }
          expect(world.of("badDebt")).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Cash and positions of all accounts. */
const stateOf = (ledger: Ledger): unknown =>
  Array.from({ length: ledger.accountCount }, (_, account) => ({
    cash: ledger.cash(account),
    positions: ledger.positions(account).map((held) => ({ ...held })),
  }));
