import type { Lake } from "@aftershock/ingest";
import { DEMO_SEED, PRESETS, recordingStart } from "@aftershock/simulator";
import {
  circuitBreaker,
  defineStudy,
  deltaNeutral,
  noChange,
  noLiquidations,
  protectivePut,
  scaledMaintenance,
  type Study,
  trancheLiquidation,
  twapOracle,
  unhedged,
} from "@aftershock/strategy";
import { type StreamName, utcDate } from "@aftershock/schema";
import { ProgressLine, say } from "./progressLine.ts";
import { manifestSettings, SIMULATOR, storeSimulatedDay } from "./simulatedDay.ts";

/** What the simulator records; a demo day that lacks one of these was cut off while it was stored. */
const DEMO_STREAMS: readonly StreamName[] = [
  "book",
  "trades",
  "liquidations",
  "tickers",
  "options",
  "positions",
];

/** The day that `aftershock simulate crash-hour` makes, too. */
const DEMO = { preset: "crash-hour", seed: DEMO_SEED } as const;

/** Bootstrap draws. */
const DEMO_DRAWS = 6;

const DEMO_DAY = utcDate(recordingStart(PRESETS[DEMO.preset], DEMO_SEED));

/** The study that `aftershock run demo` runs: the hedges of a holder of ten coins through the simulated crash hour, and six scenarios of the venue's rules, at strengths that bands were measured for. */
export const demoStudy = (): Study =>
  defineStudy({
    name: "demo",
    day: DEMO_DAY,
    from: DEMO_DAY,
    to: DEMO_DAY,
    venue: "sim",
    portfolio: { BTC: 10 },
    hedges: [
      unhedged(),
      protectivePut({ tenorDays: 30, moneyness: 0.95 }),
      deltaNeutral({ with: "perpetual", band: 0.05 }),
    ],
    scenarios: [
      noChange(),
      noLiquidations(),
      trancheLiquidation({ share: 0.1, cooldownSeconds: 300 }),
      twapOracle({ seconds: 600 }),
      circuitBreaker({ move: 0.02, withinSeconds: 300, pauseSeconds: 600 }),
      scaledMaintenance({ factor: 0.5 }),
    ],
    // Calibrated on 28 other simulated crash hours; few draws, so that the demo is quick.
    counterfactual: { calibration: "shipped:sim-crash-hour", draws: DEMO_DRAWS },
  });

/** Simulates the demo day into the lake, unless it is there already. */
export async function ensureDemoDay(lake: Lake): Promise<void> {
  const settings = manifestSettings(DEMO);
  const held = (await lake.list()).filter(
    ({ instrument, date, loader: by, simulated }) =>
      instrument.venue === "sim" &&
      date === DEMO_DAY &&
      JSON.stringify([by, simulated]) === JSON.stringify([SIMULATOR, settings]),
  );
  if (DEMO_STREAMS.every((stream) => held.some((day) => day.stream === stream))) return;
  say(`Simulating a crash hour (seed ${DEMO_SEED}) and storing it in the lake…`);
  const progress = new ProgressLine("simulate");
  await storeSimulatedDay(lake, DEMO, {
    impactDraws: 0,
    onProgress: (rows, at) => progress.events(rows, at),
  });
  progress.done();
}
