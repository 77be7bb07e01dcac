import type { LiquidationEvent } from "@aftershock/cascade";
import { expect, test } from "vitest";
import { plantedAnswer } from "./counterfactual/plantedAnswer.ts";
import {
  atLags,
  bootstrapped,
  differenceOf,
  drawnDays,
  errorsOf,
  overWindows,
} from "./counterfactual/responseErrors.ts";
import { bandOfShare } from "./counterfactual/throttledPrints.ts";
import { TransferredFlow } from "./counterfactual/zeroFlow.ts";

test("responses are read at the ends of lags and as means over windows", () => {
  const response = Float64Array.from({ length: 120 }, (_, step) => step);
  expect(atLags(response, 5)).toEqual([0, 11, 59, 119]);
  expect(overWindows(response, 5)).toEqual([5.5, 17.5, 41.5, 89.5]);
});

test("two lists of as many days are drawn alike, and what they share cancels in their difference", () => {
  const days = [1, 2, 3, 4, 5];
  const [one, other] = [0, 10].map((shift) =>
    bootstrapped(days, 8, (drawn) => [drawn.reduce((sum, day) => sum + day + shift, 0)]),
  );
  expect(drawnDays(days, 3)).toEqual(drawnDays(days, 3));
  if (one === undefined || other === undefined) throw new Error("Invariant: two estimates");
  const [shared, difference] = [one, differenceOf(other, one)].map((each) => errorsOf(each)[0]);
  expect(difference).toBe(0);
  expect(shared).toBeGreaterThan(0);
});

test("a planted answer is found again", () => {
  const forced = Array.from({ length: 400 }, (_, minute) => ((minute * 37) % 101) - 50);
  const answer = (lag: number): number =>
    lag === 0 ? 4e-10 : lag === 1 ? 3e-10 : lag < 5 ? 2e-10 : lag < 10 ? 1e-10 : 0;
  const moved = forced.map((_, minute) =>
    Array.from({ length: 15 }, (__, lag) => answer(lag) * (forced[minute - lag] ?? 0)).reduce(
      (sum, value) => sum + value,
      0,
    ),
  );
  const found = plantedAnswer([{ moved, forced }]);
  [4, 3, 2, 1].forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6));
});

test("a transfer counts once, against the side that was closed, and not again when its holder passes it on", () => {
  const transferred = new TransferredFlow(3, 0, (lots, price) => lots * price);
  const event = (of: object): LiquidationEvent =>
    ({ at: 150_000, instrument: 0, price: 9, units: 0, mark: 10, ...of }) as LiquidationEvent;
  transferred.take(event({ kind: "backstopped", account: 5, lots: 2, by: 1 }));
  transferred.take(event({ kind: "adl", account: 6, lots: -1, counterparty: 7 }));
  transferred.take(event({ kind: "adl", account: 1, lots: 2, counterparty: 7 }));
  transferred.take(event({ kind: "fill", account: 8, lots: 4, counterparty: 7 }));
  expect([...transferred.flow]).toEqual([0, -10, 0]);
});

test("the band of a share that is left out lies within a factor of two about its inverse", () => {
  expect(bandOfShare(0.75)).toMatchObject({ low: 2, mid: 4, high: 8 });
  expect(bandOfShare(0.5)).toMatchObject({ low: 1, mid: 2, high: 4 });
});
