import { ConfigError } from "@aftershock/schema";
import { type Preset, type PresetName, PRESETS } from "./presets.ts";

/** The preset of a name. Throws ConfigError for one that there is not. */
export function presetOf(name: string): { readonly name: PresetName; readonly preset: Preset } {
  for (const [known, preset] of Object.entries(PRESETS)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a key of the table.
    if (known === name) return { name: known as PresetName, preset };
  }
  throw new ConfigError(`There is no preset "${name}"`, {
    hints: [`Take one of ${Object.keys(PRESETS).join(", ")}.`],
  });
}
