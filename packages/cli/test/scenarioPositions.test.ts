import { type EstimatedFlow, EVERY_PRINT, RecordColumns } from "@aftershock/cascade";
import { micros } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { estimatedMove } from "../src/scenarioPositions.ts";

/** A step a second at a mid in ticks, the first after one second. */
function columnsOf(mids: readonly number[]): RecordColumns {
  const columns = new RecordColumns();
  for (const [i, mid] of mids.entries()) {
    const prices = { bid: mid - 1, ask: mid + 1, mark: mid, index: mid };
    const depths = { bidDepth: 1, askDepth: 1 };
    columns.take(
      { at: micros((i + 1) * 1e6), ...prices, ...depths },
      { taken: 0, traded: 0, printed: 0, bought: 0, sold: 0, openInterest: 1 },
    );
  }
  return columns;
}

const flowOf = (
  prints: readonly { readonly second: number; readonly side: 1 | -1; readonly notional: number }[],
): EstimatedFlow => ({
  kind: "estimate",
  kappa: EVERY_PRINT,
  assumptions: [],
  prints: prints.map(({ second, side, notional }) => ({
    at: micros(second * 1e6),
    side,
    lots: 1,
    notional,
    method: "market",
    account: undefined,
  })),
});

describe("the most that an estimate of forced flow can have moved the price", () => {
  it("is the move from before the first of it to the extreme, over all of it up to then", () => {
    const columns = columnsOf([1_000, 1_000, 990, 950, 970]);
    const flow = flowOf([
      { second: 3, side: -1, notional: 60 },
      { second: 4, side: -1, notional: 40 },
    ]);
    expect(estimatedMove(columns, flow).slope(1)).toBeCloseTo(Math.log(1_000 / 950) / 100, 12);
  });

  it("is not known where nothing was forced, or prices went the other way", () => {
    const columns = columnsOf([1_000, 990]);
    expect(estimatedMove(columns, flowOf([])).slope(1)).toBeUndefined();
    const bought = flowOf([{ second: 2, side: 1, notional: 5 }]);
    expect(estimatedMove(columns, bought).slope(1)).toBeUndefined();
  });
});
