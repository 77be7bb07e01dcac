import type { Hedge, HedgePosition } from "./hedge.ts";

const NOTHING: HedgePosition = {
  step: () => [],
  value: () => [],
  unrecordedCosts: () => [],
  notes: () => [],
};

/** Holding the coins and doing nothing: what every hedge is compared with. */
export const unhedged = (): Hedge => ({
  name: "Unhedged",
  description: "The coins are held and nothing is done.",
  config: { kind: "unhedged" },
  assumptions: [],
  streams: () => [],
  open: () => NOTHING,
});
