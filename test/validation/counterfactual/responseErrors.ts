import { calibrateImpact, type FlowDay, RESPONSE_LAG_BINS } from "@aftershock/cascade";
import { CounterRandom } from "@aftershock/simulator";

/** After how long responses are compared, seconds: further than calibrations go, to show why they stop. */
export const LAGS = [5, 60, 300, 600] as const;
/** Basis points for a million of quote currency, in logarithms for one. */
export const BPS_A_MILLION = 1e10;

/** Minutes over which mean responses are compared: from the first to the last, both whole. */
export const WINDOWS = [
  [0, 0],
  [1, 1],
  [2, 4],
  [5, 9],
] as const;

/** A response at some lags or over some windows, basis points after a million of quote currency. */
export type ResponseAtLags = readonly number[];

/** What is read from a response by steps of so many seconds. */
export type ReadResponse = (response: Float64Array, stepSeconds: number) => ResponseAtLags;

/** The response at each of the lags. */
export const atLags: ReadResponse = (response, stepSeconds) =>
  LAGS.map((lag) => response[Math.round(lag / stepSeconds) - 1] ?? Number.NaN);

/** The mean response over each of the windows. */
export const overWindows: ReadResponse = (response, stepSeconds) =>
  WINDOWS.map(([from, to]) => {
    const values = response.subarray(
      Math.round((60 * from) / stepSeconds),
      Math.round((60 * (to + 1)) / stepSeconds),
    );
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });

/** A response with what other days of the same kind would have given. */
export interface ResponseDraws {
  readonly point: ResponseAtLags;
  /** One a bootstrap by day; undefined where the response does not die down. */
  readonly draws: readonly (ResponseAtLags | undefined)[];
}

/** The total response as the calibration estimates it; undefined where it does not die down. */
function responseOf(days: readonly FlowDay[], read: ReadResponse): ResponseAtLags | undefined {
  const { stepSeconds = 1 } = days[0] ?? {};
  const { total } = calibrateImpact(days, {
    horizonSeconds: Math.max(...LAGS),
    lagBins: RESPONSE_LAG_BINS,
    sizePower: 1,
    unit: 1,
    mostPermanent: 0,
    draws: 0,
    uniform: () => 0.5,
  });
  if (total.response.length === 0) return undefined;
  return read(total.response, stepSeconds).map((value) => value * BPS_A_MILLION);
}

/** Days drawn with replacement. Draw k takes the same places of a list whatever is in it, so that lists of as many days are drawn together. */
export function drawnDays<T>(days: readonly T[], draw: number): readonly T[] {
  const random = new CounterRandom(days.length, "bootstrap");
  return days.flatMap((_, slot) => {
    const place = Math.floor(random.at(slot, draw).uniform(0) * days.length);
    return days.slice(place, place + 1);
  });
}

/** An estimate from some days with its bootstraps by day. Throws where the days as they are give none. */
export function bootstrapped<T>(
  days: readonly T[],
  draws: number,
  estimate: (days: readonly T[]) => ResponseAtLags | undefined,
): ResponseDraws {
  const point = estimate(days);
  if (point === undefined) throw new Error("The response to forced flow does not die down");
  return {
    point,
    draws: Array.from({ length: draws }, (_, draw) => estimate(drawnDays(days, draw))),
  };
}

/** The response to forced flow of some days. */
export const responseDraws = (
  days: readonly FlowDay[],
  draws: number,
  read: ReadResponse = atLags,
): ResponseDraws => bootstrapped(days, draws, (drawn) => responseOf(drawn, read));

/** Standard deviation of the numbers; NaN of fewer than two. */
export function spreadOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** The bootstrap error of each number. */
export const errorsOf = ({ point, draws }: ResponseDraws): ResponseAtLags =>
  point.map((_, lag) => spreadOf(draws.flatMap((draw) => draw?.[lag] ?? [])));

/** One response less another, draw by draw: of days that are drawn together. */
export const differenceOf = (one: ResponseDraws, other: ResponseDraws): ResponseDraws => ({
  point: minus(one.point, other.point),
  draws: one.draws.map((draw, i) => {
    const against = other.draws[i];
    return draw === undefined || against === undefined ? undefined : minus(draw, against);
  }),
});

const minus = (a: ResponseAtLags, b: ResponseAtLags): ResponseAtLags =>
  a.map((value, i) => value - (b[i] ?? Number.NaN));
