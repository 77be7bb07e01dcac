/**
 * Mean, variance and kurtosis of a series that is not held, by updating central moments (Pébay 2008, SAND2008-6212), which does not
 * lose digits where the mean is far from 0.
 */
export class Moments {
  #count = 0;
  #mean = 0;
  #second = 0;
  #third = 0;
  #fourth = 0;

  take(value: number): void {
    const before = this.#count;
    this.#count += 1;
    const n = this.#count;
    const delta = value - this.#mean;
    const step = delta / n;
    const term = delta * step * before;
    this.#mean += step;
    this.#fourth +=
      term * step * step * (n * n - 3 * n + 3) +
      6 * step * step * this.#second -
      4 * step * this.#third;
    this.#third += term * step * (n - 2) - 3 * step * this.#second;
    this.#second += term;
  }

  get count(): number {
    return this.#count;
  }

  /** The square root of the variance over all values (not of a sample), the unit of the values; NaN without values. */
  get deviation(): number {
    return Math.sqrt(this.#second / this.#count);
  }

  /** Fourth central moment over the squared variance: 3 of a normal distribution; NaN of a constant series. */
  get kurtosis(): number {
    return (this.#count * this.#fourth) / (this.#second * this.#second);
  }
}
