import { StateHash } from "@aftershock/replay";
import { canonicalJson, type JsonValue } from "../canonicalJson.ts";
import type { Study } from "./study.ts";

/** Everything that a study's results depend on beside the data: the same config and data give the same bytes. */
export const studyConfig = (study: Study): JsonValue => ({
  name: study.name,
  day: study.day,
  from: study.from,
  to: study.to,
  venue: study.venue,
  portfolio: { ...study.portfolio },
  hedges: study.hedges.map(({ name, config }) => ({ ...config, name })),
  seed: study.seed ?? null,
});

/** The hash of `studyConfig` as canonical JSON: 16 hexadecimal digits. It tells configs apart; it does not resist forgery. */
export function configHash(study: Study): string {
  const hash = new StateHash();
  hash.mixText(canonicalJson(studyConfig(study)));
  return hash.hex;
}
