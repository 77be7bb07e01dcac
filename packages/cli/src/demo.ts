import { type Lake, storeStreams } from "@aftershock/ingest";
import { simulate, SIMULATOR_VERSION } from "@aftershock/simulator";
import {
  defineStudy,
  deltaNeutral,
  protectivePut,
  type Study,
  unhedged,
} from "@aftershock/strategy";
import { ProgressLine, say } from "./progressLine.ts";

/** The seed of the embedded demo day. */
const DEMO_SEED = 20;

/** The day that the simulator puts its hour on: before Bitcoin, so that nobody takes it for a market. */
const DEMO_DAY = "2001-01-01";

/** The study that `aftershock run demo` runs: the hedges of a holder of ten coins through the simulated crash hour. */
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
  });

/** Simulates the demo day into the lake, unless it is there already. */
export async function ensureDemoDay(lake: Lake): Promise<void> {
  const settings = { seed: DEMO_SEED };
  const loader = { name: "simulator", version: SIMULATOR_VERSION };
  const held = (await lake.list()).filter(
    ({ instrument, date, loader: by, simulated }) =>
      instrument.venue === "sim" &&
      date === DEMO_DAY &&
      JSON.stringify([by, simulated]) === JSON.stringify([loader, settings]),
  );
  const day = simulate(settings);
  if (held.length === day.streams.length) return;
  say(`Simulating a crash hour (seed ${DEMO_SEED}) and storing it in the lake…`);
  const progress = new ProgressLine("simulate");
  await storeStreams({
    lake,
    streams: day.streams,
    loader,
    simulated: settings,
    onProgress: (rows) => progress.events(rows, undefined),
  });
  progress.done();
}
