import type { PresetName } from "@aftershock/simulator";

const TITLES: Readonly<Record<PresetName, true>> = {
  "crash-hour": true,
  "crash-day": true,
  "slow-bleed": true,
  "short-squeeze": true,
  "calm-day": true,
  depeg: true,
};

/** What `aftershock simulate` knows, for its help: the simulator itself is loaded only when it is used. */
export const PRESET_NAMES: readonly string[] = Object.keys(TITLES);
