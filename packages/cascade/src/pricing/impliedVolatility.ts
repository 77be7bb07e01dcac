import { blackScholes, blackScholesGreeks, type OptionTerms } from "./blackScholes.ts";

/** The highest volatility looked for, 1,000,000 % a year: at any expiry of a minute and more the value is then at its bound. */
const HIGHEST_VOLATILITY = 10_000;

/** Halvings and Newton steps together; a bracket of 10,000 is below 1e-16 of itself after 66 halvings. */
const MOST_STEPS = 200;

/** How close to its no-arbitrage bounds a price may come before no volatility can be told from it, relative to the underlying. */
const BOUND_TOLERANCE = 1e-15;

/** One Newton step if it stays inside the bracket, else the bracket's middle. */
function nextGuess(
  guess: number,
  low: number,
  high: number,
  step: { error: number; vega: number },
): number {
  const newton = guess - step.error / step.vega;
  if (Number.isFinite(newton) && newton > low && newton < high) return newton;
  // In the middle of the logarithms, as a first bracket spans many powers of ten.
  return low > 0 ? Math.sqrt(low * high) : high / 2;
}

/**
 * The volatility a year (a fraction) at which `blackScholes` gives `price`. The value rises strictly with volatility, so the
 * answer is bracketed first and then refined by Newton steps that may not leave the bracket.
 *
 * Returns undefined where no volatility gives that price: at or below the discounted intrinsic value, at or above the
 * discounted underlying (call) or strike (put), or with no time left. Deep in or out of the money the price hardly depends
 * on volatility, and the answer is only as good as the price's last digits. Throws ConfigError for terms outside their range.
 */
export function impliedVolatility(
  price: number,
  terms: Omit<OptionTerms, "volatility">,
): number | undefined {
  const valueAt = (volatility: number): number => blackScholes({ ...terms, volatility });
  const { right, underlying, strike, years, rate = 0, dividendYield = 0 } = terms;
  const tolerance = BOUND_TOLERANCE * underlying;
  const most =
    right === 1 ? underlying * Math.exp(-dividendYield * years) : strike * Math.exp(-rate * years);
  if (!(price > valueAt(0) + tolerance && price < most - tolerance) || years === 0)
    return undefined;

  let low = 0;
  let high = 1;
  while (valueAt(high) < price) {
    low = high;
    high *= 2;
    if (high > HIGHEST_VOLATILITY) return undefined;
  }
  let guess = Math.min(high, Math.max(low, 0.5));
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const error = valueAt(guess) - price;
    if (error === 0) return guess;
    if (error > 0) high = guess;
    else low = guess;
    const { vega } = blackScholesGreeks({ ...terms, volatility: guess });
    const next = nextGuess(guess, low, high, { error, vega });
    if (Math.abs(next - guess) <= 1e-16 * guess || high - low <= 1e-16 * high) return next;
    guess = next;
  }
  return guess;
}
