/** At-the-money volatility of a calm market, a fraction a year. */
const CALM_ATM = 0.45;
/** Realised volatility that counts as calm, a fraction a year. */
const CALM_REALISED = 0.5;
/** Share of realised volatility beyond calm that 30-day implied volatility takes on. */
const PASS_THROUGH = 0.13;
/** Short expiries take on more, by (30 days / days to expiry) to this power: that of Deribit's portfolio-margin vol shock. */
const TERM_POWER = 0.3;
/** Realised volatility beyond calm at which stress is complete. */
const FULL_STRESS = 2;
/** Slope and curvature in standard deviations of moneyness: puts cost more, wings cost more, and more so under stress. */
const SKEW = 0.05;
const STRESS_SKEW = 0.05;
const SMILE = 0.02;
/** Beyond this many standard deviations the smile is flat. */
const WINGS = 3;
/** Annual premium of forwards over the index in calm, and what stress takes away from it. */
const CALM_CARRY = 0.06;
const STRESS_CARRY = 0.12;

/**
 * What option makers think at one instant: a level that follows realised volatility, most of all at short expiries, a skew that
 * steepens and a carry that turns negative under stress. It is a shape and no model: expiries are not free of calendar
 * arbitrage by construction, and implied volatility does not fall as slowly after a crash as it does on real days.
 */
export class VolatilitySurface {
  readonly #excess: number;
  /** 0 in calm … 1. */
  readonly stress: number;

  /** Realised volatility over some minutes, a fraction a year. */
  constructor(realised: number) {
    this.#excess = Math.max(0, realised - CALM_REALISED);
    this.stress = Math.min(1, this.#excess / FULL_STRESS);
  }

  /** Forward price for an expiry. `years` of 365 days. */
  forward(index: number, years: number): number {
    return index * (1 + (CALM_CARRY - STRESS_CARRY * this.stress) * years);
  }

  /** At-the-money volatility, a fraction a year. */
  atm(years: number): number {
    const days = years * 365;
    return CALM_ATM + PASS_THROUGH * this.#excess * (30 / days) ** TERM_POWER;
  }

  /** Implied volatility of a strike, a fraction a year. */
  iv(options: { forward: number; strike: number; years: number }): number {
    const atm = this.atm(options.years);
    const deviations =
      Math.log(options.strike / options.forward) / (atm * Math.sqrt(options.years));
    const x = Math.min(WINGS, Math.max(-WINGS, deviations));
    return atm * (1 - (SKEW + STRESS_SKEW * this.stress) * x + SMILE * x * x);
  }
}
