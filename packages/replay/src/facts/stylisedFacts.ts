import {
  type Clock,
  ConfigError,
  type EventStream,
  type Micros,
  MICROS_PER_SECOND,
} from "@aftershock/schema";
import type { OrdersStart } from "../book/ordersBook.ts";
import { replay } from "../replay.ts";
import type { ReplayProgress } from "../replayOptions.ts";
import { FactSession } from "./factSession.ts";
import type { StylisedFacts } from "./factTypes.ts";

/** How stylised facts are measured. */
export interface StylisedFactsOptions {
  /** Length of the windows of which the calmest and the worst are told, seconds, whole, 1 … 86,400; a minute by default. */
  readonly windowSeconds?: number;
  /** `recv` by default. */
  readonly clock?: Clock;
  /** As in a replay. */
  readonly ordersStart?: OrdersStart;
  /** As in a replay, µs. */
  readonly from?: Micros;
  /** As in a replay: exclusive, µs. */
  readonly to?: Micros;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

const LONGEST_WINDOW = 86_400;

/**
 * The stylised facts of one instrument (Cont 2001, Quantitative Finance 1, for returns; Bouchaud, Bonart, Donier and Gould 2018, "Trades, Quotes
 * and Prices", for the book and for orders): from its book or orders, trades and liquidations, in one replay. Its memory does not grow
 * with the recording. What cannot be told is undefined, and `absent` says why.
 *
 * The same definitions hold for a market and for a simulated one, which is what they are for; they are not those of any one
 * paper. Each `…Sums` class states what it takes for what. Returns are of the prices just before the multiples of their horizon since the epoch, and what holds is
 * taken to hold until the next event.
 *
 * Throws ConfigError for streams of several instruments or an impossible window, and as `replay` does.
 *
 * ```ts
 * const { returns, spread, signs } = await stylisedFacts([book, trades, liquidations]);
 * ```
 */
export async function stylisedFacts(
  streams: readonly EventStream[],
  { windowSeconds = 60, ...options }: StylisedFactsOptions = {},
): Promise<StylisedFacts> {
  if (!Number.isInteger(windowSeconds) || windowSeconds < 1 || windowSeconds > LONGEST_WINDOW) {
    throw new ConfigError(`Windows of ${windowSeconds} s are not possible`, {
      hints: [`Give a whole number of seconds from 1 to ${LONGEST_WINDOW}.`],
    });
  }
  const session = new FactSession(streams, windowSeconds * MICROS_PER_SECOND);
  return session.finish(await replay(streams, { ...options, handlers: session.handlers }));
}
