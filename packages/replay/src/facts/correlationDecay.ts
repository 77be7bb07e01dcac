import type { LagCorrelation } from "./laggedSums.ts";
import { type PowerLaw, powerLaw } from "./powerLaw.ts";

/** A correlation is told from none where it is above so many standard errors, 1/√pairs. */
const ERRORS = 2;

/**
 * How a positive autocorrelation decays: the power law (exponent negated, so that it is positive where correlation falls) through the lags
 * from the shortest to the last one before the first that is not above twice its standard error. Undefined where fewer than three are. To
 * stop at the first keeps what is noise out of the fit, and makes a decay that ends early look slower than it is.
 */
export function correlationDecay(correlations: readonly LagCorrelation[]): PowerLaw | undefined {
  const end = correlations.findIndex(
    ({ correlation, pairs }) => !(correlation > ERRORS / Math.sqrt(pairs)),
  );
  const told = end < 0 ? correlations : correlations.slice(0, end);
  const fit = powerLaw(told.map(({ lag, correlation }) => ({ x: lag, y: correlation, weight: 1 })));
  return fit && { ...fit, exponent: -fit.exponent };
}
