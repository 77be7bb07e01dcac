/** What is left of something that fades exponentially, e^(−lag/τ), with that of the last lag kept: steps of a record are even, and so are most lags. */
export class Fading {
  readonly #tauMicros: number;
  #lag = Number.NaN;
  #kept = Number.NaN;

  /** τ, µs, above 0. */
  constructor(tauMicros: number) {
    this.#tauMicros = tauMicros;
  }

  /** The share that is left after a lag, µs, 0 or more. */
  after(lag: number): number {
    if (lag !== this.#lag) {
      this.#lag = lag;
      this.#kept = Math.exp(-lag / this.#tauMicros);
    }
    return this.#kept;
  }
}
