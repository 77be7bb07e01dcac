import type { RuleSet } from "@aftershock/cascade";
import type { Micros } from "@aftershock/schema";
import type { MarketChange } from "./config/marketConfig.ts";
import type { PresetName } from "./config/presets.ts";
import type { AgentMaker } from "./market/marketParts.ts";

/** What to simulate. */
export interface SimulateOptions {
  /** A whole number from 0. The same options give the same bytes. */
  readonly seed: number;
  /** Default `crash-hour`. */
  readonly preset?: PresetName;
  /** Start of the recording; default a day of the preset's own for the seed (`recordingStart`). */
  readonly from?: Micros;
  /** Length, whole minutes, 1 … 10,080; default the preset's. */
  readonly minutes?: number;
  /** False: the same market, accounts, news and crowds without liquidations. Default true. */
  readonly liquidations?: boolean;
  /** Changes to the preset's market. */
  readonly market?: MarketChange;
  /** Changes to the preset's rules: everything that is drawn stays as it is. */
  readonly rules?: Partial<RuleSet>;
  /** Minute at which the recorder loses its book channel for 1.5 s and gets a new snapshot; default two thirds of the way. */
  readonly reconnectMinute?: number;
  /** Whether the venue prints at most one forced order a second. Default false. */
  readonly throttlePrints?: boolean;
  /** Agents of one's own, who act after all others. */
  readonly agents?: readonly AgentMaker[];
  /** The seed of the crowds' luck and the makers' opinions, for fresh noise about the same value, news and accounts. Default: `seed`. */
  readonly noiseSeed?: number;
  /** Whether next to nothing is traded 20 s before the first news: for the noise floor of an answer. Default false. */
  readonly nudge?: boolean;
}
