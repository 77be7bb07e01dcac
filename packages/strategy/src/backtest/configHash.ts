import { StateHash } from "@aftershock/replay";
import { canonicalJson, type JsonValue } from "../canonicalJson.ts";
import type { Study } from "./study.ts";

/** What the results of scenarios depend on; nothing where there are none, so that studies of hedges alone keep their hash. */
function scenariosConfig({ scenarios, counterfactual, hedgesUnder, strategies }: Study): {
  readonly [key: string]: JsonValue;
} {
  if (counterfactual === undefined) return {};
  const { instrument, positions, flow, leveragePrior, calibration, kappa, draws } = counterfactual;
  const { horizonMinutes, onset, stepMillis, standIns } = counterfactual;
  return {
    ...(hedgesUnder === "record" ? {} : { hedgesUnder }),
    ...(strategies.length === 0
      ? {}
      : { strategies: strategies.map(({ name, config }) => ({ ...config, name })) }),
    scenarios: scenarios.map(({ name, kind, parameters }) => ({ name, kind, parameters })),
    counterfactual: {
      instrument,
      positions,
      // Only where they are in use, so that other studies keep their hash.
      ...(flow === "printed" ? {} : { flow }),
      ...(leveragePrior === undefined ? {} : { leveragePrior: { ...leveragePrior } }),
      calibration: calibration ?? null,
      kappa: kappa ?? null,
      draws,
      horizonMinutes,
      onset: onset ?? null,
      stepMillis,
      standIns: { mark: standIns.mark ?? null, index: standIns.index ?? null },
    },
  };
}

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
  ...scenariosConfig(study),
});

/** The hash of `studyConfig` as canonical JSON: 16 hexadecimal digits. It tells configs apart; it does not resist forgery. */
export function configHash(study: Study): string {
  const hash = new StateHash();
  hash.mixText(canonicalJson(studyConfig(study)));
  return hash.hex;
}
