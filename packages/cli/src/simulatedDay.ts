import {
  type Lake,
  type Manifest,
  type PartitionOutcome,
  storeBatches,
  writeTruth,
} from "@aftershock/ingest";
import { type Batch, utcDate } from "@aftershock/schema";
import {
  type MarketTruth,
  presetOf,
  recordingStart,
  simulate,
  SIMULATOR_VERSION,
  type SimulateOptions,
} from "@aftershock/simulator";

/** A day to simulate, as far as the command line can say it. */
export type SimulatedSettings = Pick<
  SimulateOptions,
  "seed" | "from" | "minutes" | "throttlePrints" | "liquidations"
> & { readonly preset: string };

/** Who makes simulated rows, as manifests name it. */
export const SIMULATOR: Manifest["loader"] = { name: "simulator", version: SIMULATOR_VERSION };

/** What made the rows of a simulated day, as its manifests have it: everything that they depend on. */
export function manifestSettings(
  settings: SimulatedSettings,
): Readonly<Record<string, number | string>> {
  const { preset: known } = presetOf(settings.preset);
  const { preset, seed, minutes = known.minutes } = settings;
  const { from = recordingStart(known, seed) } = settings;
  return {
    preset,
    seed,
    from,
    minutes,
    prints: settings.throttlePrints === true ? "one a second" : "all",
    liquidations: settings.liquidations === false ? "off" : "on",
  };
}

/** What became of a simulated day. */
export interface StoredDay {
  readonly partitions: readonly PartitionOutcome[];
  readonly truth: MarketTruth;
  /** Path of the truth. */
  readonly truthPath: string;
}

/** Simulates a day into the lake: its recording as partitions, then its truth. */
export async function storeSimulatedDay(
  lake: Lake,
  settings: SimulatedSettings,
  onProgress?: (rows: number, at: number) => void,
): Promise<StoredDay> {
  const { name } = presetOf(settings.preset);
  const day = simulate({ ...settings, preset: name });
  let told: MarketTruth | undefined;
  function* batches(): Generator<Batch> {
    told = yield* day.batches();
  }
  const partitions = await storeBatches({
    lake,
    batches: batches(),
    instruments: day.instruments,
    loader: SIMULATOR,
    simulated: manifestSettings(settings),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const truth = told ?? day.truth;
  const [perpetual] = day.instruments;
  const { venue = "", symbol = "" } = perpetual ?? {};
  const key = { venue, symbol, date: utcDate(truth.from) };
  return { partitions, truth, truthPath: await writeTruth(lake, key, truth) };
}
