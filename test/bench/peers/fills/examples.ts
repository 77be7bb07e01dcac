import { forcedOf, type Example } from "./exampleRuns.ts";
import type { Setting } from "./ourRuns.ts";
import { lastDecision } from "./probes.ts";
import type { Recording } from "./recordings.ts";

/** What the examples want, in lots and ticks of a recording. */
interface Sizes {
  readonly quoteLots: number;
  readonly halfSpreadTicks: number;
  readonly skewTicks: number;
  readonly toleranceTicks: number;
  readonly triggerLots: number;
  readonly orderLots: number;
  readonly slippageTicks: number;
  readonly windowMicros: number;
  readonly holdMicros: number;
}

/** Quotes at the touch of a book with a spread of one tick, and a follower that is small against what rests there. */
const CALM: Sizes = {
  quoteLots: 20,
  halfSpreadTicks: 0.5,
  skewTicks: 0.5,
  toleranceTicks: 1,
  triggerLots: 2_000,
  orderLots: 500,
  slippageTicks: 5,
  windowMicros: 1_000_000,
  holdMicros: 3_000_000,
};

const SIZES: Readonly<Record<string, Sizes>> = {
  BTCUSDT: CALM,
  ETHUSDT: { ...CALM, quoteLots: 400, triggerLots: 20_000, orderLots: 10_000 },
  // Its liquidations are up to 14 minutes old: they count for 15.
  LIGHTER: {
    ...CALM,
    quoteLots: 1_000,
    halfSpreadTicks: 5,
    skewTicks: 2,
    triggerLots: 1,
    orderLots: 50_000,
    slippageTicks: 500,
    windowMicros: 900_000_000,
    holdMicros: 1_000_000,
  },
  SIMULATED: { ...CALM, quoteLots: 100, triggerLots: 1_000, orderLots: 1_000, slippageTicks: 20 },
};

/** The two examples for a recording. */
export async function examplesOf(
  recording: Recording,
  clock: Setting["clock"],
): Promise<readonly Example[]> {
  const sizes = SIZES[recording.name] ?? CALM;
  const until = await lastDecision(recording, clock);
  const { quoteLots, halfSpreadTicks, skewTicks, toleranceTicks } = sizes;
  const { windowMicros, triggerLots, orderLots, holdMicros, slippageTicks } = sizes;
  const maxPositionLots = 5 * quoteLots;
  return [
    {
      kind: "maker",
      name: "maker",
      until,
      options: { quoteLots, maxPositionLots, halfSpreadTicks, skewTicks, toleranceTicks },
    },
    {
      kind: "follower",
      name: "follower",
      until,
      options: { windowMicros, triggerLots, orderLots, holdMicros, slippageTicks },
      forced: await forcedOf(recording, clock),
    },
  ];
}
