import {
  type DuckConnections,
  type Lake,
  lakeStream,
  type Manifest,
} from "@aftershock/ingest/lake";
import { decimalToNumber, JsonPlace } from "@aftershock/schema";

/** An account that closed by itself, and when, µs. */
export interface StopClosing {
  readonly account: string;
  readonly at: number;
}

interface Stop {
  readonly account: string;
  readonly isLong: boolean;
  readonly price: number;
  readonly triggeredAt: number;
}

/** The stop orders in the truth of a simulated day; none where it has no accounts. */
function stopsOf(truth: unknown, path: string): readonly Stop[] {
  const accounts = new JsonPlace(path, truth).at("accounts");
  if (accounts.value === undefined) return [];
  return accounts
    .list((place) => {
      const [stop, triggered] = [place.at("stopUsd"), place.at("triggeredAt")];
      if (stop.value === undefined) return undefined;
      return {
        account: place.at("account").text(),
        isLong: place.at("side").oneOf(["long", "short"]) === "long",
        price: stop.number({ above: 0 }),
        triggeredAt: triggered.value === undefined ? Infinity : triggered.number(),
      };
    })
    .filter((stop) => stop !== undefined);
}

/** Stops of one side that are left, those that are reached first at the end. */
class StopLadder {
  readonly #stops: Stop[];
  readonly #sign: 1 | -1;

  constructor(stops: readonly Stop[], isLong: boolean) {
    this.#sign = isLong ? 1 : -1;
    this.#stops = stops
      .filter((stop) => stop.isLong === isLong)
      .toSorted((a, b) => this.#sign * (a.price - b.price));
  }

  /** Takes out those that a trade sets off. */
  reached(price: number): readonly Stop[] {
    const isReached = (stop: Stop | undefined): stop is Stop =>
      stop !== undefined && this.#sign * (price - stop.price) <= 0;
    if (!isReached(this.#stops.at(-1))) return NOBODY;
    const found: Stop[] = [];
    for (let next = this.#stops.at(-1); isReached(next); next = this.#stops.at(-1)) {
      found.push(next);
      this.#stops.pop();
    }
    return found;
  }
}

const NOBODY: readonly Stop[] = [];

function stopsAt(
  [longs, shorts]: readonly [StopLadder, StopLadder],
  price: number,
): readonly Stop[] {
  const [ofLongs, ofShorts] = [longs.reached(price), shorts.reached(price)];
  return ofShorts.length === 0 ? ofLongs : [...ofLongs, ...ofShorts];
}

/**
 * When the stop orders of a simulated day were set off: at the first recorded trade at or beyond each, and not after the engine took the account over for the last time. What it cancelled before, a run leaves out by itself. Of real days nobody records stops: their owners' closings are
 * not known.
 */
export async function stopClosings(
  duck: DuckConnections,
  lake: Lake,
  day: { readonly truth: unknown; readonly path: string; readonly trades: readonly Manifest[] },
): Promise<readonly StopClosing[]> {
  const stops = stopsOf(day.truth, day.path);
  const [first] = day.trades;
  if (stops.length === 0 || first === undefined) return [];
  const ladders = [new StopLadder(stops, true), new StopLadder(stops, false)] as const;
  const found: StopClosing[] = [];
  const stream = lakeStream(duck, lake, "trades", day.trades);
  const tick = decimalToNumber(stream.instrument.tick);
  for await (const batch of stream.batches()) {
    const { price, tsEvent, tsRecv } = batch.columns;
    for (let row = 0; row < batch.length; row += 1) {
      const at = tsEvent[row] ?? tsRecv[row] ?? Number.NaN;
      const reached = stopsAt(ladders, (price[row] ?? Number.NaN) * tick);
      for (const { account, triggeredAt } of reached)
        if (at <= triggeredAt) found.push({ account, at });
    }
    batch.release?.();
  }
  return found;
}
