import { ConfigError } from "@aftershock/schema";
import { checkSettings, type FieldNames, shown } from "../settings.ts";
import type { LeveragePrior } from "./scenarioOptions.ts";

/**
 * What is believed of the leveraged where a study does not say: leverages and the spread of entries of the simulated Bitcoin markets' accounts, half of either side leveraged, positions of 100,000 in quote currency.
 *
 * A convention, measured nowhere. What was published differs by far more than it could be wrong by: 22 and 30 times in the mean of longs and shorts at BitMEX in April 2019 (its blog of 2019-05-15, by the press), and 85 % of open interest below 7 times
 * in a count of on-chain accounts of December 2025 (Odaily, 2025-12-15).
 */
export const DEFAULT_LEVERAGE_PRIOR: LeveragePrior = {
  leveragedLongs: 0.5,
  leveragedShorts: 0.5,
  leverages: [
    { leverage: 3, weight: 10 },
    { leverage: 5, weight: 20 },
    { leverage: 10, weight: 30 },
    { leverage: 15, weight: 15 },
    { leverage: 20, weight: 15 },
    { leverage: 25, weight: 7 },
    { leverage: 50, weight: 3 },
  ],
  entrySpread: 0.02,
  accountNotional: 100_000,
  source: "the program's default: invented, as of its simulated markets, and measured nowhere",
};

const refuse = (what: string, hint: string): ConfigError =>
  new ConfigError(`counterfactual: leveragePrior.${what}`, { hints: [hint] });

function checkNumber(
  name: string,
  value: number,
  { isGood, hint }: { readonly isGood: (value: number) => boolean; readonly hint: string },
): void {
  if (typeof value === "number" && isGood(value)) return;
  throw refuse(`${name} is ${shown(value)}`, hint);
}

const SHARE = {
  isGood: (share: number): boolean => share >= 0 && share <= 1,
  hint: "Give the part of that side that is leveraged, from 0 to 1.",
};

const PRIOR: FieldNames<LeveragePrior> = {
  leveragedLongs: true,
  leveragedShorts: true,
  leverages: true,
  entrySpread: true,
  accountNotional: true,
  source: true,
};

/** Refuses a prior that lacks something or says what cannot be: ConfigError naming the field. */
export function checkLeveragePrior(prior: LeveragePrior): LeveragePrior {
  checkSettings("counterfactual: leveragePrior", prior, PRIOR);
  const { leveragedLongs, leveragedShorts, leverages, entrySpread, accountNotional, source } =
    prior;
  checkNumber("leveragedLongs", leveragedLongs, SHARE);
  checkNumber("leveragedShorts", leveragedShorts, SHARE);
  if (leveragedLongs + leveragedShorts === 0) {
    throw refuse("leveragedLongs and leveragedShorts are 0", "Say which part is leveraged.");
  }
  const isLeverages =
    Array.isArray(leverages) &&
    leverages.length > 0 &&
    leverages.every(
      ({ leverage, weight }) =>
        leverage >= 1 && leverage < Infinity && weight > 0 && weight < Infinity,
    );
  if (!isLeverages) {
    throw refuse(
      `leverages are ${shown(leverages)}`,
      "List leverages of 1 or more with weights above 0: [{ leverage: 10, weight: 1 }].",
    );
  }
  checkNumber("entrySpread", entrySpread, {
    isGood: (spread) => spread > 0 && spread < 1,
    hint: "Give the standard deviation of the logarithm of entry prices, above 0 and below 1: 0.02.",
  });
  if (accountNotional !== undefined) {
    checkNumber("accountNotional", accountNotional, {
      isGood: (notional) => notional > 0 && notional < Infinity,
      hint: "Give the size of a position in quote currency, above 0.",
    });
  }
  if (typeof source !== "string" || source.trim() === "") {
    throw refuse(
      `source is ${shown(source)}`,
      "Say where the prior comes from, with its date: it is printed with the results.",
    );
  }
  return {
    leveragedLongs,
    leveragedShorts,
    leverages: leverages.map(({ leverage, weight }) => ({ leverage, weight })),
    entrySpread,
    ...(accountNotional === undefined ? {} : { accountNotional }),
    source,
  };
}
