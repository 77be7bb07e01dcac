import {
  type Lake,
  type Manifest,
  type PartitionOutcome,
  storeBatches,
  writeTruth,
} from "@aftershock/ingest";
import { setImmediate } from "node:timers/promises";
import { type Batch, utcDate } from "@aftershock/schema";
import {
  type ImpactProgress,
  type ImpactTruth,
  type MarketTruth,
  measuringImpact,
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

/** What is done beside the recording, and who hears of it. */
export interface StoreSimulatedOptions {
  /** Draws by which impact is measured for the truth; 0: it is not. */
  readonly impactDraws: number;
  readonly onProgress?: (rows: number, at: number) => void;
  readonly onImpact?: (progress: ImpactProgress) => void;
}

/** Measures impact and gives way meanwhile, so that the command can be stopped. */
async function impactOf(
  options: SimulateOptions,
  draws: number,
  onImpact: (progress: ImpactProgress) => void,
): Promise<ImpactTruth> {
  const turns = measuringImpact(options, draws);
  let turn = turns.next();
  for (; turn.done !== true; turn = turns.next()) {
    onImpact(turn.value);
    await setImmediate();
  }
  return turn.value;
}

/** Simulates a day into the lake: its recording as partitions, then its truth, then the truth with the impact that was measured. */
export async function storeSimulatedDay(
  lake: Lake,
  settings: SimulatedSettings,
  { impactDraws, onProgress, onImpact = () => undefined }: StoreSimulatedOptions,
): Promise<StoredDay> {
  const { name } = presetOf(settings.preset);
  const options = { ...settings, preset: name };
  const day = simulate(options);
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
  const truthPath = await writeTruth(lake, key, truth);
  if (impactDraws === 0) return { partitions, truth, truthPath };
  const impact = await impactOf(options, impactDraws, onImpact);
  const measured = { ...truth, impact };
  return { partitions, truth: measured, truthPath: await writeTruth(lake, key, measured) };
}
