/** What a portfolio was worth at one instant. */
export interface EquityPoint {
  /** µs UTC. */
  readonly at: number;
  /** USD. */
  readonly equityUsd: number;
}
