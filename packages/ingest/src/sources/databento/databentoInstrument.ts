import { DataError, isInstrumentName } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { InstrumentTerms } from "../../source.ts";

/** The venue of a dataset: `GLBX.MDP3` is `glbx-mdp3`. Throws DataError for a name that is none. */
export function venueOf(dataset: string, fileName: string): string {
  const venue = dataset.toLowerCase().replaceAll(".", "-");
  if (isInstrumentName(venue, "A")) return venue;
  throw new DataError(`${fileName}: the dataset is ${JSON.stringify(dataset)}, not a name`, {
    hints: ["Fetch the file again."],
  });
}

/** The venue in the name of a file as the vendor gives it out: `glbx-mdp3-20231224.mbo.csv.zst`; undefined in other names. */
export const namedVenue = (fileName: string): string | undefined =>
  /^([a-z]{4}-[a-z0-9]{2,12})-\d{8}/.exec(fileName)?.[1];

/**
 * A symbol as it names an instrument here: options and spreads hold spaces, slashes and colons (`ESH4 C4800`), for each run of which a
 * hyphen stands. Undefined for what no name can be made of.
 */
export function symbolOf(venue: string, raw: string): string | undefined {
  const symbol = raw.trim().replaceAll(/[\s/:]+/g, "-");
  return isInstrumentName(venue, symbol) ? symbol : undefined;
}

/** A future of CME: a root, the letter of the month and one or two digits of the year. */
const CME_FUTURE = /^[A-Z0-9]{1,4}[FGHJKMNQUVXZ]\d{1,2}$/;

/** What is known of an instrument: market data records say nothing of contracts, only the symbols of CME tell futures. */
export function databentoTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  const known = terms(venue, symbol, at);
  const isFuture = known.kind === "unknown" && venue === "glbx-mdp3" && CME_FUTURE.test(symbol);
  return isFuture ? { ...known, kind: "future" } : known;
}
