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

/** The truth of the recording that an instant lies in, and where it was found. */
async function truthAt(
  lake: Lake,
  { venue, symbol }: Instrument,
  at: number,
): Promise<{ readonly key: TruthKey; readonly truth: unknown } | undefined> {
  for (let day = 0; day <= MOST_DAYS; day += 1) {
    const key = { venue, symbol, date: utcDate(at - day * MICROS_PER_DAY) };
    const truth = await readTruth(lake, key);
    if (truth !== undefined) return { key, truth };
  }
  return undefined;
}

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
    if (found === undefined) continue;
    const path = truthFile(lake, found.key);
    const rules = new JsonPlace(path, found.truth).at("rules").value;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- readVenueRules checks every part of it.
    const document = rulesDocument(rules as TruthRules, found.key, path);
    return readVenueRules(new JsonPlace(path, JSON.parse(JSON.stringify(document))));
  }
  const names = instruments.map(({ id }) => id).join(", ");
  throw new DataError(`The lake has no truth of ${names}`, {
    hints: ["Simulate the day again with `aftershock simulate`: its rules are kept beside it."],
  });
}
