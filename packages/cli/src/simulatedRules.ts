import { readVenueRules, type RuleSet, scaledSchedule, type VenueRules } from "@aftershock/cascade";
import { type Lake, readTruth, type TruthKey, truthFile } from "@aftershock/ingest/lake";
import { DataError, type Instrument, JsonPlace, MICROS_PER_DAY, utcDate } from "@aftershock/schema";

/** Days that a simulated recording may have begun before the instant that is asked for. */
const MOST_DAYS = 7;

/** A part of the rules, as it stands in a file of rules. */
const held = (value: unknown, address: string): unknown => ({
  "*": [
    {
      from: "2000-01-01",
      dating: "effective",
      value,
      source: { title: "the truth of the simulated day", address },
      status: "verified",
    },
  ],
});

/** The rules in a truth: those of a day that was simulated by an older version do not say what forced orders pay. */
type TruthRules = Omit<RuleSet, "forcedTradingFee"> & Partial<Pick<RuleSet, "forcedTradingFee">>;

/** The rules in a truth, as a file of rules has them; undefined fields are left out. */
function rulesDocument(rules: TruthRules, { venue, symbol }: TruthKey, address: string): unknown {
  const { maintenanceFactor, margin, fees, liquidationFee, mark, funding, fundingCap } = rules;
  const { liquidation, insurance, adl, forcedTradingFee } = rules;
  return {
    venue,
    title: "Simulated venue",
    kind: "derivatives",
    symbols: [symbol],
    absent: {
      index: "the index is the mid of the simulated spot market",
      limits: "the simulated venue has no price limits",
    },
    margin: held(scaledSchedule(margin, maintenanceFactor), address),
    fees: held(fees, address),
    liquidationFee: held(liquidationFee, address),
    ...(forcedTradingFee && { forcedTradingFee: held(forcedTradingFee, address) }),
    mark: held(mark, address),
    funding: held(funding, address),
    fundingCap: held(fundingCap, address),
    liquidation: held(liquidation, address),
    insurance: held(insurance, address),
    adl: held(adl, address),
  };
}

/** The truth of a simulated day, and where it was found. */
export interface FoundTruth {
  readonly key: TruthKey;
  readonly truth: unknown;
}

/** The truth of the recording that an instant lies in; undefined where the lake has none. */
export async function truthAt(
  lake: Lake,
  { venue, symbol }: Pick<Instrument, "venue" | "symbol">,
  at: number,
): Promise<FoundTruth | undefined> {
  for (let day = 0; day <= MOST_DAYS; day += 1) {
    const key = { venue, symbol, date: utcDate(at - day * MICROS_PER_DAY) };
    const truth = await readTruth(lake, key);
    if (truth !== undefined) return { key, truth };
  }
  return undefined;
}

/** The rules in a truth as they stand there, every part of which has been checked as those of a file of rules are. */
function checkedRules(
  lake: Lake,
  { key, truth }: FoundTruth,
): { readonly rules: TruthRules; readonly venueRules: VenueRules } {
  const path = truthFile(lake, key);
  const found = new JsonPlace(path, truth).at("rules").value;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- readVenueRules checks every part of it.
  const rules = found as TruthRules;
  const document: unknown = JSON.parse(JSON.stringify(rulesDocument(rules, key, path)));
  return { rules, venueRules: readVenueRules(new JsonPlace(path, document)) };
}

const noTruth = (instruments: readonly Pick<Instrument, "id">[]): DataError =>
  new DataError(`The lake has no truth of ${instruments.map(({ id }) => id).join(", ")}`, {
    hints: ["Simulate the day again with `aftershock simulate`: its rules are kept beside it."],
  });

/**
 * The rules of a simulated venue, from the truth beside the recording. Throws DataError where the lake has none of these instruments, or it has no
 * rules.
 */
export async function simulatedRules(
  lake: Lake,
  instruments: readonly Instrument[],
  at: number,
): Promise<VenueRules> {
  for (const instrument of instruments) {
    const found = await truthAt(lake, instrument, at);
    if (found !== undefined) return checkedRules(lake, found).venueRules;
  }
  throw noTruth(instruments);
}

/** The rules of a simulated contract, nothing of them left open, and the truth that they come of. Throws DataError where the lake has none. */
export async function simulatedRuleSet(
  lake: Lake,
  instrument: Instrument,
  at: number,
): Promise<FoundTruth & { readonly rules: RuleSet }> {
  const found = await truthAt(lake, instrument, at);
  if (found === undefined) throw noTruth([instrument]);
  const { rules } = checkedRules(lake, found);
  const place = new JsonPlace(truthFile(lake, found.key), found.truth).at("rules");
  for (const name of ["maintenanceFactor", "insuranceFund", "markTwapSeconds"]) {
    place.at(name).number({ from: 0 });
  }
  place.at("liquidates").flag();
  // What JSON leaves out is not there: no throttle, no breaker, margin that does not move.
  const { throttlePerSecond, breaker, volatilityMargin, forcedTradingFee } = rules;
  return {
    ...found,
    rules: {
      ...rules,
      throttlePerSecond,
      breaker,
      volatilityMargin,
      forcedTradingFee: forcedTradingFee ?? { charge: "included" },
    },
  };
}
