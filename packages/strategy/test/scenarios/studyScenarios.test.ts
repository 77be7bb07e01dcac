import { ConfigError } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  configHash,
  type CounterfactualDefinition,
  DEFAULT_LEVERAGE_PRIOR,
  defineStudy,
  type LeveragePrior,
  marketMaking,
  noChange,
  noLiquidations,
  runStudy,
  scaledMaintenance,
  type StudyDefinition,
  studyStreams,
  twapOracle,
  unhedged,
} from "../../src/index.ts";

const BASE: StudyDefinition = { day: "2001-01-01", venue: "sim", portfolio: { BTC: 1 } };
const withScenarios = (counterfactual?: CounterfactualDefinition): StudyDefinition => ({
  ...BASE,
  scenarios: [noLiquidations()],
  ...(counterfactual === undefined ? {} : { counterfactual }),
});

const PRIOR = DEFAULT_LEVERAGE_PRIOR;
const ofPrior = (change: Partial<LeveragePrior>): Partial<StudyDefinition> => ({
  counterfactual: { positions: "shadow", leveragePrior: { ...PRIOR, ...change } },
});

describe("a study with scenarios", () => {
  it("runs that of nothing changed first, whether it is named, named last, or not", () => {
    for (const scenarios of [
      [noLiquidations()],
      [noChange(), noLiquidations()],
      [noLiquidations(), noChange()],
    ]) {
      const names = defineStudy({ ...BASE, scenarios }).scenarios.map(({ name }) => name);
      expect(names).toEqual(["No change", "No liquidations"]);
    }
  });

  it("needs no hedges and holds nothing, and then reads no options", () => {
    const study = defineStudy({
      day: "2001-01-01",
      scenarios: [noLiquidations()],
      counterfactual: { instrument: "binance-usdm:BTCUSDT" },
    });
    expect(study.name).toBe("binance-usdm:BTCUSDT around 2001-01-01");
    expect(studyStreams(study)).toEqual([]);
    expect(studyStreams(defineStudy(withScenarios()))).toEqual([]);
  });

  it("takes the perpetual of the first coin and defaults for the rest", () => {
    expect(defineStudy(withScenarios()).counterfactual).toEqual({
      instrument: "sim:BTC-PERPETUAL",
      positions: "snapshot",
      flow: "printed",
      leveragePrior: undefined,
      calibration: undefined,
      kappa: undefined,
      draws: 9,
      horizonMinutes: [5, 15, 60],
      onset: undefined,
      stepMillis: 100,
      standIns: {},
    });
    const given = defineStudy(
      withScenarios({ kappa: 2, onset: "2001-01-01T12:00:00Z", standIns: { mark: "mid" } }),
    );
    expect(given.counterfactual).toMatchObject({
      kappa: [2, 2],
      onset: 978_350_400_000_000,
      standIns: { mark: "mid" },
    });
  });

  it("takes a prior of leverage for shadow positions alone, by default the documented one", () => {
    const shadow = defineStudy(withScenarios({ positions: "shadow" })).counterfactual;
    expect(shadow).toMatchObject({ flow: "printed", leveragePrior: PRIOR });
    const { accountNotional: _, ...stated } = { ...PRIOR, source: "of this test" };
    expect(
      defineStudy(withScenarios({ positions: "shadow", leveragePrior: stated })).counterfactual
        ?.leveragePrior,
    ).toEqual(stated);
  });

  it("has another hash for other parameters, settings and order, and hedges alone keep theirs", () => {
    const hashes = [
      withScenarios(),
      withScenarios({ draws: 3 }),
      withScenarios({ positions: "prints" }),
      withScenarios({ positions: "prints", flow: "estimated" }),
      withScenarios({ positions: "shadow" }),
      withScenarios({ positions: "shadow", flow: "estimated" }),
      withScenarios({ positions: "shadow", leveragePrior: { ...PRIOR, entrySpread: 0.03 } }),
      withScenarios({ positions: "shadow", leveragePrior: { ...PRIOR, source: "another" } }),
      { ...BASE, scenarios: [twapOracle({ seconds: 30 })] },
      { ...BASE, scenarios: [twapOracle({ seconds: 60 })] },
      { ...BASE, scenarios: [noLiquidations(), twapOracle({ seconds: 60 })] },
      { ...BASE, scenarios: [twapOracle({ seconds: 60 }), noLiquidations()] },
    ].map((definition) => configHash(defineStudy(definition)));
    expect(new Set(hashes).size).toBe(hashes.length);
    const hedges = defineStudy({ ...BASE, hedges: [unhedged()] });
    expect(JSON.stringify(hedges.scenarios)).toBe("[]");
    expect(hedges.counterfactual).toBeUndefined();
  });

  it.each<[string, Partial<StudyDefinition>]>([
    ["compares no hedges and no scenarios", { scenarios: [] }],
    ["Two scenarios of the study are named", { scenarios: [noLiquidations(), noLiquidations()] }],
    ["has no scenarios", { hedges: [unhedged()], scenarios: [], counterfactual: {} }],
    ["no instrument is named", { portfolio: {} }],
    ['instrument is "BTC"', { counterfactual: { instrument: "BTC" } }],
    ["kappa is 0.5", { counterfactual: { kappa: 0.5 } }],
    ["kappa is 3 … 2", { counterfactual: { kappa: [3, 2] } }],
    ["draws is -1", { counterfactual: { draws: -1 } }],
    ["horizonMinutes are 15, 5", { counterfactual: { horizonMinutes: [15, 5] } }],
    ["stepMillis is 300", { counterfactual: { stepMillis: 300 } }],
    ["calibration is empty", { counterfactual: { calibration: "" } }],
    ["onset is", { counterfactual: { onset: "noon" } }],
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as a module without types has it.
    ['positions is "all"', { counterfactual: { positions: "all" as "prints" } }],
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as a module without types has it.
    ['flow is "guessed"', { counterfactual: { flow: "guessed" as "printed" } }],
    ["flow is estimated, and positions of a snapshot", { counterfactual: { flow: "estimated" } }],
    [
      "kappa is stated, and estimated flow",
      { counterfactual: { positions: "prints", flow: "estimated", kappa: 2 } },
    ],
    [
      'leveragePrior is stated, and positions is "prints"',
      { counterfactual: { positions: "prints", leveragePrior: PRIOR } },
    ],
    ["leveragePrior.leveragedLongs is 1.5", ofPrior({ leveragedLongs: 1.5 })],
    ["leveragePrior.leveragedShorts is -1", ofPrior({ leveragedShorts: -1 })],
    ["and leveragedShorts are 0", ofPrior({ leveragedLongs: 0, leveragedShorts: 0 })],
    ["leveragePrior.leverages are []", ofPrior({ leverages: [] })],
    ["leveragePrior.leverages are", ofPrior({ leverages: [{ leverage: 0.5, weight: 1 }] })],
    ["leveragePrior.entrySpread is 1", ofPrior({ entrySpread: 1 })],
    ["leveragePrior.accountNotional is 0", ofPrior({ accountNotional: 0 })],
    ['leveragePrior.source is " "', ofPrior({ source: " " })],
  ])("is refused where %s", (says, change) => {
    expect(() => defineStudy({ ...withScenarios(), ...change })).toThrow(ConfigError);
    expect(() => defineStudy({ ...withScenarios(), ...change })).toThrow(says);
  });

  it("runs without hedges on the scenarios that it is handed, with their hash and their warnings", async () => {
    const study = defineStudy({ ...BASE, scenarios: [scaledMaintenance({ factor: 0.7 })] });
    const results = { scenarios: [], biases: [] };
    const found = await runStudy(study, [], {
      scenarios: {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only handed through.
        results: results as never,
        stateHash: "0123456789abcdef",
        simulated: true,
        warnings: ["a gap"],
      },
    });
    expect(found).toMatchObject({
      outcomes: [],
      chain: [],
      simulated: true,
      stateHash: "0123456789abcdef",
      warnings: ["a gap"],
      scenarios: [],
    });
  });
});

describe("a study of hedges under scenarios", () => {
  const maker = marketMaking({
    quoteLots: 1,
    maxPositionLots: 5,
    halfSpreadTicks: 2,
    cash: 1,
  });
  const hedged: StudyDefinition = { ...withScenarios(), hedges: [unhedged()] };

  it("has another hash, and one that does not ask for it keeps its own", () => {
    const plain = configHash(defineStudy(hedged));
    expect(configHash(defineStudy({ ...hedged, hedgesUnder: "record", strategies: [] }))).toBe(
      plain,
    );
    const others = [
      { ...hedged, hedgesUnder: "scenarios" as const },
      { ...hedged, strategies: [maker] },
      { ...hedged, hedgesUnder: "scenarios" as const, strategies: [maker] },
    ].map((definition) => configHash(defineStudy(definition)));
    expect(new Set([plain, ...others]).size).toBe(4);
  });

  it("is refused without scenarios, without hedges, with two of one name, and with a word that is none", () => {
    const refused = (definition: StudyDefinition): void => {
      expect(() => defineStudy(definition)).toThrow(ConfigError);
    };
    refused({ ...BASE, hedges: [unhedged()], hedgesUnder: "scenarios" });
    refused({ ...withScenarios(), hedgesUnder: "scenarios" });
    refused({ ...BASE, hedges: [unhedged()], strategies: [maker] });
    refused({ ...hedged, strategies: [maker, maker] });
    refused({ ...hedged, strategies: [{ ...maker, name: unhedged().name }] });
    refused({ ...hedged, hedgesUnder: "both" as "record" });
    expect(() =>
      marketMaking({ quoteLots: 0, maxPositionLots: 5, halfSpreadTicks: 2, cash: 1 }),
    ).toThrow(ConfigError);
  });
});
