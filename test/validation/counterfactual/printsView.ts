import {
  type ForcedPrint,
  type KappaBand,
  type PinnedPositions,
  pinnedPositions,
  type PopulationSource,
  printedFlow,
  RecordColumns,
} from "@aftershock/cascade";
import { decimalToNumber, micros } from "@aftershock/schema";
import { CounterRandom } from "@aftershock/simulator";
import { type PlantedDay, recordedSteps } from "./plantedDay.ts";

const NO_FLOW = { taken: 0, traded: 0, printed: 0, bought: 0, sold: 0 } as const;

/** What a vendor sells of a day's liquidations: prints without accounts, of which a share may have been left out. */
export interface PrintsSold {
  /** The share of prints that is left out, 0 … 1, drawn one by one. */
  readonly dropped: number;
  readonly kappa: KappaBand;
}

/** Positions as they are pinned from the prints of a planted day. */
export const printsPopulation = (day: PlantedDay): PopulationSource =>
  pinnedPrints(day).population(0);

/** The positions that the prints of a planted day pin, all draws of them. */
export function pinnedPrints(day: PlantedDay, sold?: PrintsSold): PinnedPositions {
  const { instrument, rules } = day;
  const columns = new RecordColumns();
  for (const step of recordedSteps(day)) {
    columns.take(step, { ...NO_FLOW, openInterest: Number.NaN });
  }
  const random = new CounterRandom(day.options.seed, "prints");
  const lotUsd = decimalToNumber(instrument.lot);
  const prints = day.prints.flatMap(({ at, side, lots, price }, i): ForcedPrint[] => {
    if (sold !== undefined && random.at(i).uniform(0) < sold.dropped) return [];
    const notional = lots * lotUsd * (instrument.contract === "inverse" ? 1 : price);
    return [{ at: micros(at), side, lots, notional, method: "market", account: undefined }];
  });
  return pinnedPositions({
    instrument,
    rules,
    columns,
    flow: printedFlow(prints, sold?.kappa),
    uniform: (draw, slot) => random.at(slot, draw).uniform(1),
    lagMicros: 0,
  });
}
