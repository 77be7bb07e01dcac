import type { JsonPlace } from "@aftershock/schema";

/** A fund that pays what liquidations lack. */
export interface InsuranceFund {
  readonly name: string;
  /** The contracts that it pays for; `rest`: all that no other fund pays for. */
  readonly covers: readonly string[] | "rest";
}

/** Which funds there are, and what they take and pay. */
export interface InsuranceRule {
  readonly funds: readonly InsuranceFund[];
  /** Largest net notional that a fund takes over, as a share of the fund; undefined where there is no such bound, or none is known. */
  readonly maximumNotionalShare: number | undefined;
  /** Whether what a liquidation leaves over goes to the fund; undefined where no source says. */
  readonly takesSurplus: boolean | undefined;
  /** Hour of the UTC day at which shared pools are made up anew; undefined where there is none. */
  readonly refreshedAtHourUtc: number | undefined;
}

/** Reads an insurance rule. Throws DataError naming the place. */
export function readInsuranceRule(place: JsonPlace): InsuranceRule {
  const fields = place.fields(
    ["funds"],
    ["maximumNotionalShare", "takesSurplus", "refreshedAtHourUtc"],
  );
  return {
    funds: fields.funds.list((fund) => {
      const { name, covers } = fund.fields(["name", "covers"]);
      return {
        name: name.text(),
        covers: covers.value === "rest" ? "rest" : covers.list((symbol) => symbol.text()),
      };
    }),
    maximumNotionalShare: fields.maximumNotionalShare?.number({ above: 0 }),
    takesSurplus: fields.takesSurplus?.flag(),
    refreshedAtHourUtc: fields.refreshedAtHourUtc?.number({ from: 0, to: 23, whole: true }),
  };
}
