import { micros } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import type { LiquidationStep } from "../../src/index.ts";
import { ADL, INVERSE, step, World, type WorldOptions } from "./world.ts";

describe("tranche", () => {
  const steps: readonly LiquidationStep[] = [
    {
      kind: "tranche",
      aboveNotional: 100_000,
      share: 0.2,
      cooldownSeconds: 30,
      inCooldown: "wait",
    },
    step("market"),
    { kind: "backstop", by: "HLP liquidator vault", belowShareOfMaintenance: 2 / 3 },
    step("adl"),
  ];

  /** A long that a mark has made liquidatable where a throttle lets 10,000 USDT a second through: of its tranche one part was sold. */
  const cutTo = (rule: readonly LiquidationStep[], mark: number) => {
    const throttle = { notionalPerWindow: 10_000, windowMicros: 1e6 };
    const world = new World({ steps: rule, rate: 0.01, engine: () => ({ throttle }) });
    world.mark({ 0: 10_000 });
    const long = world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[10 * mark, 100_000]]);
    world.mark({ 0: mark });
    return { world, long };
  };

  it("sells 20 % of a position above 100,000 first, and the rest after 30 s", () => {
    const world = new World({ steps });
    world.mark({ 0: 10_000 });
    const long = world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
    const small = world.trader(190, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[98_300, 100_000]]);
    world.mark({ 0: 9_830 });
    const sent = () => world.market.orders.map(({ account, lots }) => [account, lots]);
    expect(sent()).toEqual([
      [long, 4_000],
      [small, 1_000],
    ]);
    expect(world.engine.nextAt).toBe(world.at + 30e6);
    world.wait(29_999_999);
    expect(sent()).toHaveLength(2);
    world.wait(1);
    expect(sent()[2]).toEqual([long, 16_000]);
    expect(world.ledger.lots(long, 0)).toBe(0);
  });

  describe("with a cooldown in which accounts are closed whole (Hyperliquid)", () => {
    const [first, ...rest] = steps;
    const whole = [{ ...first, inCooldown: "closeWhole" } as LiquidationStep, ...rest];
    const sent = (world: World) => world.market.orders.map(({ account, lots }) => [account, lots]);

    it("sells the rest with the engine's next work where 20 % were not enough, before the vault is asked", () => {
      const world = new World({ steps: whole });
      world.mark({ 0: 10_000 });
      const long = world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
      world.market.offer(0, "bids", [[98_300, 100_000]]);
      world.mark({ 0: 9_830 });
      expect(sent(world)).toEqual([[long, 4_000]]);
      world.mark({ 0: 9_815 });
      expect(sent(world)[1]).toEqual([long, 16_000]);
      expect(world.of("backstopped")).toEqual([]);
    });

    const causes = (world: World) => world.of("forcedOrder").map(({ cause }) => cause);
    const once = whole.slice(0, 2);

    it("counts the time from a part of the tranche too, where a throttle cuts it", () => {
      const { world, long } = cutTo(once, 9_897);
      world.mark({ 0: 10_000 });
      expect(world.kinds().at(-1)).toBe("released");
      expect(sent(world)[0]?.[1]).toBeLessThan(4_000);
      world.mark({ 0: 9_880 });
      expect(world.engine.isLatched(long)).toBe(true);
      expect(causes(world)).toEqual(["tranche", "market"]);
    });

    it("counts the time from the last part where a throttle cuts it", () => {
      const { world } = cutTo(once, 9_890);
      const firstAt = world.at;
      world.wait(1_000_000);
      expect(causes(world)).toEqual(["tranche", "tranche"]);
      world.mark({ 0: 10_000 });
      expect(world.kinds().at(-1)).toBe("released");
      world.wait(firstAt + 29_500_000 - world.at);
      world.mark({ 0: 9_880 });
      expect(world.at).toBeGreaterThan(firstAt + 30_000_000);
      expect(causes(world).at(-1)).toBe("market");
    });

    it("goes on closing whole when the time is over, where it began to before", () => {
      const world = new World({ steps: once, rate: 0.01 });
      world.mark({ 0: 10_000 });
      world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
      world.market.offer(0, "bids", [[98_900, 4_000]]);
      world.mark({ 0: 9_897 });
      expect(world.kinds().at(-1)).toBe("released");
      world.wait(28_000_000);
      world.mark({ 0: 9_870 });
      world.mark({ 0: 9_869 });
      expect(causes(world)).toEqual(["tranche", "market", "market"]);
    });

    it("does not count a tranche of which nothing was filled", () => {
      const world = new World({ steps: once, rate: 0.01, engine: () => ({ release: "whenSafe" }) });
      world.mark({ 0: 10_000 });
      world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
      world.mark({ 0: 9_897 });
      world.mark({ 0: 10_000 });
      expect(world.kinds().at(-1)).toBe("released");
      world.mark({ 0: 9_897 });
      expect(causes(world)).toEqual(["tranche", "tranche"]);
    });

    it("closes an account whole that was let go and is liquidated anew within 30 s, and after that begins with 20 % again", () => {
      for (const [seconds, lots] of [
        [29, 16_000],
        [30, 3_200],
      ] as const) {
        const world = new World({ steps: whole, rate: 0.01 });
        world.mark({ 0: 10_000 });
        const long = world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
        world.market.offer(0, "bids", [[98_900, 100_000]]);
        world.mark({ 0: 9_897 });
        expect(world.kinds().at(-1)).toBe("released");
        world.wait((seconds - 1) * 1_000_000);
        world.mark({ 0: 9_870 });
        expect(sent(world)).toEqual([
          [long, 4_000],
          [long, lots],
        ]);
      }
    });
  });

  describe("with a cooldown in which accounts are left alone", () => {
    const causes = (world: World) => world.of("forcedOrder").map(({ cause }) => cause);
    const once = steps.slice(0, 2);
    /** A long of which 20 % were sold, which made it safe: it was let go at 0 s of its cooldown. */
    const letGo = (rule: readonly LiquidationStep[], terms: WorldOptions["terms"] = {}) => {
      const world = new World({ steps: rule, rate: 0.01, terms });
      world.mark({ 0: 10_000 });
      const long = world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
      world.market.offer(0, "bids", [[98_900, 100_000]]);
      world.mark({ 0: 9_897 });
      expect(world.kinds().at(-1)).toBe("released");
      return { world, long, end: world.at + 30_000_000 };
    };

    it("leaves an account alone to the end of it that was let go and is liquidated anew, and sells the rest then", () => {
      const { world, long, end } = letGo(once);
      world.wait(10_000_000);
      world.mark({ 0: 9_870 });
      expect(world.engine.isLatched(long)).toBe(true);
      expect(world.engine.nextAt).toBe(end);
      world.mark({ 0: 9_860 });
      world.wait(end - 1 - world.at);
      expect(causes(world)).toEqual(["tranche"]);
      world.wait(1);
      expect(causes(world)).toEqual(["tranche", "market"]);
      expect(world.ledger.lots(long, 0)).toBe(0);
    });

    it("lets it go at the end of it where it is safe by then, and begins with a part of what is left after that", () => {
      const { world, long, end } = letGo(once);
      world.mark({ 0: 9_870 });
      expect(world.engine.isLatched(long)).toBe(true);
      world.mark({ 0: 9_990 });
      expect(world.engine.isLatched(long)).toBe(true);
      world.wait(end - world.at);
      expect(world.kinds().at(-1)).toBe("released");
      world.mark({ 0: 9_870 });
      expect(world.market.orders.map(({ lots }) => lots)).toEqual([4_000, 3_200]);
      expect(causes(world)).toEqual(["tranche", "tranche"]);
    });

    it("leaves its owner what is left where he closes by himself in that time", () => {
      const { world, long, end } = letGo(once, { takesSurplus: true });
      const [buyer, seller] = [world.rest, long];
      world.mark({ 0: 9_870 });
      world.ledger.exchange({ buyer, seller, instrument: 0, lots: 16_000, price: 98_700 });
      world.wait(end - world.at);
      expect(world.kinds().at(-1)).toBe("closed");
      expect(world.of("surplusTaken")).toEqual([]);
      expect(world.ledger.cash(long)).toBeGreaterThan(0);
    });

    it("hands it to the vault in that time too, as soon as it is below ⅔", () => {
      const { world, long } = letGo(steps);
      world.mark({ 0: 9_870 });
      expect(world.engine.isLatched(long)).toBe(true);
      expect(world.of("backstopped")).toEqual([]);
      world.mark({ 0: 9_820 });
      expect(world.of("backstopped")).toMatchObject([{ account: long, lots: 16_000 }]);
      expect(causes(world)).toEqual(["tranche"]);
    });

    it("counts it from the last part of the tranche that was filled, where a throttle cuts it", () => {
      const { world, long } = cutTo(once, 9_890);
      world.mark({ 0: 9_890 });
      expect(causes(world)).toEqual(["tranche", "tranche"]);
      const filledAt = world.at;
      world.mark({ 0: 10_000 });
      expect(world.kinds().at(-1)).toBe("released");
      world.mark({ 0: 9_880 });
      expect(world.engine.isLatched(long)).toBe(true);
      expect(world.engine.nextAt).toBe(filledAt + 30_000_000);
    });

    it("does not count it for one whose order a throttle held back whole", () => {
      const throttle = { notionalPerWindow: 10_000, windowMicros: 1e6 };
      const engine = () => ({ throttle, release: "whenSafe" }) as const;
      const world = new World({ steps: once, rate: 0.01, engine });
      world.mark({ 0: 10_000 });
      const first = world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
      const second = world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
      world.market.offer(0, "bids", [[98_970, 100_000]]);
      world.mark({ 0: 9_897 });
      const sellers = () => world.of("forcedOrder").map(({ account }) => account);
      expect(sellers()).toEqual([first]);
      world.mark({ 0: 10_000 });
      world.wait(1_000_000);
      expect(world.engine.latchedCount).toBe(0);
      world.mark({ 0: 9_880 });
      expect(world.engine.latchedCount).toBe(2);
      expect(sellers()).toEqual([first, second]);
      expect(causes(world)).toEqual(["tranche", "tranche"]);
    });
  });

  it("measures an inverse contract in quote currency too: 150,000 USD is above 100,000, whatever coin it is worth", () => {
    const world = new World({ instruments: [INVERSE], steps, rate: 0.01 });
    world.mark({ 0: 10_000 });
    const large = world.trader(0.5, [{ lots: 150_000, price: 10_000 }]);
    const small = world.trader(0.15, [{ lots: 50_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[2 * 9_500, 1e6]]);
    world.mark({ 0: 9_600 });
    expect(world.market.orders.map(({ account, lots }) => [account, lots])).toEqual([
      [large, 30_000],
      [small, 50_000],
    ]);
  });

  it("lets it go in the pause's stead where it is safe, and hands it to the vault in the pause below ⅔", () => {
    const world = new World({ steps, rate: 0.01 });
    world.mark({ 0: 10_000 });
    world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[98_900, 100_000]]);
    world.mark({ 0: 9_897 });
    // Equity 1,940 against 1,979.4; after 4 BTC it needs 1,583.5.
    expect(world.kinds()).toEqual(["triggered", "forcedOrder", "fill", "released"]);
    const next = world.trader(4_000, [{ lots: 20_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[98_000, 100_000]]);
    world.mark({ 0: 9_880 });
    expect(world.engine.isLatched(next)).toBe(true);
    const left = world.worth(next);
    expect(left).toBeCloseTo(4_000 - 20 * 120 - 4 * 80, 6);
    // 16 BTC need 1,578 USDT; two thirds of it are 1,052.
    world.mark({ 0: 9_860 });
    const taken = world.of("backstopped");
    expect(taken).toMatchObject([{ account: next, lots: 16_000, by: world.vault }]);
    expect(world.ledger.cash(next)).toBe(0);
    // The vault has the position with all of the margin that was left.
    expect(world.worth(world.vault)).toBeCloseTo(left - 16 * 20, 6);
  });

  it("deleverages at the mark before where the account's value is negative, and the vault takes none of it", () => {
    const terms = {
      ...ADL,
      triggers: [{ kind: "accountValueNegative" }],
      price: "previousMark",
    } as const;
    const world = new World({ steps, terms: { adl: terms } });
    world.mark({ 0: 10_000 });
    const long = world.trader(300, [{ lots: 5_000, price: 10_000 }]);
    const short = world.trader(50_000, [{ lots: -5_000, price: 10_000 }]);
    world.mark({ 0: 9_970 });
    world.mark({ 0: 9_900 });
    const [closed] = world.of("adl");
    // At 9,970 150 of its 300 USDT were left: nothing is lacking.
    expect(closed).toMatchObject({
      account: long,
      counterparty: short,
      lots: 5_000,
      price: 99_700,
    });
    expect(world.of("backstopped")).toEqual([]);
    expect(world.ledger.cash(long)).toBe(150e6);
  });

  it("deleverages at the only mark that there has been where there is none before it", () => {
    const terms = {
      ...ADL,
      triggers: [{ kind: "accountValueNegative" }],
      price: "previousMark",
    } as const;
    const world = new World({ steps, terms: { adl: terms } });
    const long = world.trader(300, [{ lots: 5_000, price: 10_000 }]);
    world.trader(50_000, [{ lots: -5_000, price: 10_000 }]);
    world.mark({ 0: 9_900 });
    expect(world.of("adl")).toMatchObject([{ account: long, lots: 5_000, price: 99_000 }]);
    // The 200 USDT that it lacks there are paid by fund and venue.
    expect(world.ledger.cash(long)).toBe(0);
  });

  it("goes by the last mark before this one, of a pause without liquidations too", () => {
    const terms = {
      ...ADL,
      triggers: [{ kind: "accountValueNegative" }],
      price: "previousMark",
    } as const;
    const world = new World({ steps, terms: { adl: terms } });
    world.mark({ 0: 10_000 });
    const long = world.trader(300, [{ lots: 5_000, price: 10_000 }]);
    world.trader(50_000, [{ lots: -5_000, price: 10_000 }]);
    for (const price of [9_950, 9_910]) {
      world.at += 1_000_000;
      world.marks.set(0, price);
      world.engine.noteMarks([0], micros(world.at));
    }
    expect(world.events).toEqual([]);
    world.mark({ 0: 9_900 });
    expect(world.of("adl")).toMatchObject([{ account: long, price: 99_100 }]);
    expect(world.of("triggered")).toMatchObject([{ account: long, moved: [0] }]);
    expect(() => world.engine.noteMarks([0], micros(0))).toThrow(/cannot go to 0/);
  });
});
