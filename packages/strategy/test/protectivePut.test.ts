import { DataError, MICROS_PER_DAY, MICROS_PER_HOUR } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  defineStudy,
  protectivePut,
  runStudy,
  unhedged,
  type Hedge,
  type Outcome,
  type StudyResult,
} from "../src/index.ts";
import { chainStream, type MadeOption, type MadeSnapshot } from "./syntheticMarket.ts";

/** 2001-01-01 00:00 UTC, µs. */
const START = 978_307_200_000_000;
const MONTH: number = START + 30 * MICROS_PER_DAY;

const put = (strike: number, quote: Partial<MadeOption> = {}): MadeOption => ({
  symbol: `BTC-31JAN01-${strike}-P`,
  right: -1,
  strike,
  expiry: MONTH,
  ...quote,
});

const snapshot = (
  hour: number,
  index: number,
  ...options: readonly MadeOption[]
): MadeSnapshot => ({
  at: START + hour * MICROS_PER_HOUR,
  index,
  options,
});

const run = (snapshots: readonly MadeSnapshot[], hedge: Hedge, BTC = 10): Promise<StudyResult> =>
  runStudy(
    defineStudy({
      day: "2001-01-01",
      venue: "sim",
      portfolio: { BTC },
      hedges: [unhedged(), hedge],
    }),
    [chainStream("BTC", snapshots)],
  );

const hedged = async (...args: Parameters<typeof run>): Promise<Outcome> =>
  (await run(...args)).outcomes[1]!;

const PLAN = { tenorDays: 30, moneyness: 0.9 };

describe("protectivePut", () => {
  it("pays the ask and the fee in coin, and is worth its mark, or its bid when sold", async () => {
    const outcome = await hedged(
      [
        snapshot(1, 100, put(90, { bid: 0.018, ask: 0.02, mark: 0.019 })),
        snapshot(2, 80, put(90, { bid: 0.13, ask: 0.14, mark: 0.135 })),
      ],
      protectivePut(PLAN),
    );
    // 0.0003 coin a coin is below 12.5 % of the premium of 0.02.
    const balance = 10 - 10 * 0.02 - 10 * 0.0003;
    expect(outcome.series[0]!.equityUsd).toBeCloseTo(100 * (balance + 0.19), 10);
    expect(outcome.series[0]!.liquidationUsd).toBeCloseTo(100 * (balance + 0.18), 10);
    expect(outcome.series[1]!.equityUsd).toBeCloseTo(80 * (balance + 1.35), 10);
    expect(outcome.series[1]!.liquidationUsd).toBeCloseTo(80 * (balance + 1.3), 10);
    expect(outcome.series[1]!.balances).toEqual({ BTC: balance });
    expect(outcome.costs.premium).toBeCloseTo(19, 10);
    expect(outcome.costs.spread).toBeCloseTo(1, 10);
    expect(outcome.costs.fees).toBeCloseTo(0.3, 10);
    expect(outcome.costs).toMatchObject({ funding: 0, rebalancing: 0 });
    expect(outcome.trades).toMatchObject([
      { side: "buy", size: 10, price: 0.02, priceKind: "ask", amountCoin: -0.2 },
    ]);
  });

  it("caps the fee at 12.5 % of a small premium", async () => {
    const outcome = await hedged(
      [snapshot(1, 100, put(90, { ask: 0.001, mark: 0.001 }))],
      protectivePut(PLAN),
    );
    expect(outcome.trades[0]!.feeCoin).toBeCloseTo(10 * 0.000125, 12);
  });

  it("chooses the nearest expiry and then the nearest strike that is offered", async () => {
    const week = { symbol: "BTC-8JAN01-90-P", expiry: START + 7 * MICROS_PER_DAY, ask: 0.001 };
    const outcome = await hedged(
      [
        snapshot(
          1,
          100,
          put(90, week),
          put(90, { bid: 0.01 }),
          put(85, { ask: 0.01, mark: 0.01 }),
          put(94, { ask: 0.03, mark: 0.03 }),
          { ...put(91, { ask: 0.001 }), symbol: "a call", right: 1 },
        ),
      ],
      protectivePut(PLAN),
    );
    expect(outcome.trades[0]!.instrument).toBe("BTC-31JAN01-94-P");
  });

  it("takes the lower of two strikes as near, whatever the order of rows", async () => {
    const outcome = await hedged(
      [snapshot(1, 100, put(95, { ask: 0.03 }), put(85, { ask: 0.01 }))],
      protectivePut(PLAN),
    );
    expect(outcome.trades[0]!.instrument).toBe("BTC-31JAN01-85-P");
  });

  it("measures moneyness from the future of the expiry and not from the index", async () => {
    const outcome = await hedged(
      [
        snapshot(
          1,
          100,
          put(90, { ask: 0.02, underlying: 110 }),
          put(99, { ask: 0.04, underlying: 110 }),
        ),
      ],
      protectivePut(PLAN),
    );
    expect(outcome.trades[0]!.instrument).toBe("BTC-31JAN01-99-P");
  });

  it("is worth nothing to sell where nobody bids, and says how often", async () => {
    const result = await run(
      [
        snapshot(1, 100, put(90, { bid: 0.018, ask: 0.02, mark: 0.019 })),
        snapshot(2, 80, put(90, { ask: 0.14, mark: 0.135 })),
      ],
      protectivePut(PLAN),
    );
    const outcome = result.outcomes[1]!;
    const { balances, liquidationUsd, positions } = outcome.series[1]!;
    expect(liquidationUsd).toBeCloseTo(80 * balances["BTC"]!, 10);
    expect(positions[0]).toMatchObject({ bid: null, liquidationCoin: 0, valueCoin: 1.35 });
    expect(outcome.notes.join("\n")).toContain("In 1 of 2 snapshots nobody bid for the put");
    expect(result.chain[1]).toMatchObject({ options: 1, withoutBid: 1, withoutAsk: 0 });
  });

  it("carries the last mark forward where the put is missing, flagged and counted", async () => {
    const result = await run(
      [
        snapshot(1, 100, put(90, { bid: 0.018, ask: 0.02, mark: 0.019 })),
        snapshot(2, 80, put(70, { bid: 0.01, ask: 0.02, mark: 0.015 })),
        snapshot(3, 80, put(90, { bid: 0.1, ask: 0.14 })),
      ],
      protectivePut(PLAN),
    );
    const outcome = result.outcomes[1]!;
    expect(outcome.series.map((p) => [p.positions[0]!.price, p.positions[0]!.stale])).toEqual([
      [0.019, false],
      [0.019, true],
      [0.019, true],
    ]);
    expect(outcome.series[1]!.positions[0]!.liquidationCoin).toBe(0);
    expect(outcome.notes.join("\n")).toContain(
      "In 1 of 3 snapshots the put is not in the recorded chain",
    );
    expect(outcome.notes.join("\n")).toContain("In 1 of 3 snapshots the put has no recorded mark");
    expect(result.warnings.join("\n")).toContain("in 2 of 3 snapshots a price is carried forward");
  });

  it("does not know the spread of a put that was bought without a mark", async () => {
    const outcome = await hedged([snapshot(1, 100, put(90, { ask: 0.02 }))], protectivePut(PLAN));
    expect(outcome.costs.spread).toBeNull();
    expect(outcome.costs.premium).toBeCloseTo(20, 10);
    expect(outcome.series[0]!.positions[0]).toMatchObject({
      price: 0.02,
      priceKind: "ask",
      stale: true,
    });
  });

  const expiring = { symbol: "BTC-1JAN01-95-P", expiry: START + 8 * MICROS_PER_HOUR };
  const rolling = [
    snapshot(1, 100, put(95, { ...expiring, ask: 0.01, bid: 0.008, mark: 0.009 })),
    snapshot(9, 76, put(72, { ask: 0.05, bid: 0.04, mark: 0.045 })),
    snapshot(10, 70, put(72, { ask: 0.09, bid: 0.08, mark: 0.085 })),
  ];
  const soon = { tenorDays: 0.3, moneyness: 0.95 };

  it("settles at intrinsic value when it expires, and leaves the coins bare", async () => {
    const outcome = await hedged(rolling, protectivePut(soon));
    const paid = 10 * 0.01 + 10 * 0.0003;
    const payoff = (10 * (95 - 76)) / 76;
    expect(outcome.series[1]!.balances["BTC"]).toBeCloseTo(10 - paid + payoff, 12);
    expect(outcome.series[1]!.positions).toEqual([]);
    expect(outcome.series[2]!.equityUsd).toBeCloseTo(70 * (10 - paid + payoff), 10);
    expect(outcome.trades[1]).toMatchObject({
      side: "settle",
      reason: "expiry",
      amountCoin: payoff,
    });
  });

  it("buys the next put when asked to roll", async () => {
    const outcome = await hedged(rolling, protectivePut({ ...soon, roll: true }));
    expect(outcome.trades.map(({ side, instrument }) => `${side} ${instrument}`)).toEqual([
      "buy BTC-1JAN01-95-P",
      "settle BTC-1JAN01-95-P",
      "buy BTC-31JAN01-72-P",
    ]);
    expect(outcome.series[2]!.positions[0]).toMatchObject({ price: 0.085, stale: false });
  });

  it("says where it could not roll", async () => {
    const bare = [rolling[0]!, snapshot(9, 76, put(72, { bid: 0.04, mark: 0.045 }))];
    const outcome = await hedged(bare, protectivePut({ ...soon, roll: true }));
    expect(outcome.notes.join("\n")).toContain("In 1 snapshot no put was offered to roll into");
  });

  it("settles an option that expires worthless at nothing", async () => {
    const outcome = await hedged(
      [rolling[0]!, snapshot(9, 110, put(72, { mark: 0.001 }))],
      protectivePut(soon),
    );
    expect(outcome.trades[1]).toMatchObject({ side: "settle", amountCoin: 0 });
    expect(outcome.attribution.hedgeUsd).toBe(0);
  });

  it("fails clearly when no put is offered at the first snapshot", async () => {
    const bare = [snapshot(1, 100, put(90, { bid: 0.01, mark: 0.01 }))];
    await expect(run(bare, protectivePut(PLAN))).rejects.toThrow(DataError);
    await expect(run(bare, protectivePut(PLAN))).rejects.toThrow(/No put with an ask/);
  });

  it("fails clearly where the coins are less than half a lot: nothing would be protected", async () => {
    const chain = [snapshot(1, 100, put(90, { ask: 0.02, mark: 0.019 }))];
    const tiny = hedged(chain, protectivePut({ ...PLAN, coverage: 0.04 }), 1);
    await expect(tiny).rejects.toThrow(/0\.04 BTC is less than half a lot of 0\.1/);
  });

  it("says when more is bought than was offered, and rounds to whole lots", async () => {
    const outcome = await hedged(
      [snapshot(1, 100, put(90, { ask: 0.02, askSize: 1, mark: 0.019 }))],
      protectivePut({ ...PLAN, coverage: 0.333 }),
      1,
    );
    expect(outcome.trades[0]!.size).toBeCloseTo(0.3, 12);
    expect(outcome.notes.join("\n")).toContain("0.333 BTC is not a whole number of lots of 0.1");
    const more = await hedged(
      [snapshot(1, 100, put(90, { ask: 0.02, askSize: 1, mark: 0.019 }))],
      protectivePut(PLAN),
    );
    expect(more.notes.join("\n")).toContain("Only 1 BTC were offered");
  });
});
