import { ConfigError } from "@aftershock/schema";
import type { SimulateOptions } from "../simulateOptions.ts";
import { decayOf, exponentOf, jackknife, meanOf } from "./impactParameters.ts";
import {
  CURVE_SECONDS,
  drawImpact,
  hasStress,
  type ImpactSample,
  LAG_SECONDS,
} from "./impactSample.ts";
import type {
  Estimate,
  ImpactOfSize,
  ImpactParameters,
  ImpactState,
  ImpactTruth,
  LagEstimate,
} from "./impactTruth.ts";
import { PACE_USD_PER_SECOND } from "./injectedOrder.ts";

/** The sizes that are tried in calm, USD: half a second, two and eight seconds of the engine's pace. In stress the middle one is. */
const SIZES_USD: readonly number[] = [200_000, 800_000, 3_200_000];
const REFERENCE_SIZE_USD = 800_000;

const DESCRIPTION =
  "The total response of the perpetual's mid to an order like those of the liquidation engine: market orders at its pace, by an account that is not liquidated. Each figure " +
  "is a mean over runs of the same market with and without the order, with the same accounts, value and luck, so that it holds what the order did and what all others did " +
  "because of it. Lags count from the order's last part. Calm is the same market without its news; stress lasts from the beginning of news to five minutes after their end.";

/** How far a measurement has come. */
export interface ImpactProgress {
  /** Draws that are done, and how many there are, over all states. */
  readonly done: number;
  readonly draws: number;
}

type Pick = (sample: ImpactSample) => number;

/** A mean over draws, with its error. There are two draws at least. */
function meanEstimate(samples: readonly ImpactSample[], pick: Pick): Estimate {
  const found = jackknife(samples, (kept) => meanOf(kept.map(pick)));
  if (found === undefined) throw new Error("Invariant: a mean over two draws has an error");
  return found;
}

/** The response to a size at a lag: of bought orders (0), of sold ones (1), or the mean of both. */
const response =
  (size: number, lag: number, direction?: 0 | 1): Pick =>
  ({ responses }) => {
    const own = responses[size] ?? [];
    const both = direction === undefined ? own : own.slice(direction, direction + 1);
    return meanOf(both.map((lags) => lags[lag] ?? Number.NaN));
  };

function sizeFigures(
  samples: readonly ImpactSample[],
  size: number,
  sizeUsd: number,
): ImpactOfSize {
  const by = (direction?: 0 | 1): readonly LagEstimate[] =>
    LAG_SECONDS.map((lagSeconds, lag) => ({
      lagSeconds,
      ...meanEstimate(samples, response(size, lag, direction)),
    }));
  return { sizeUsd, response: by(), bought: by(0), sold: by(1) };
}

function stateFigures(
  state: ImpactState["state"],
  samples: readonly ImpactSample[],
  sizesUsd: readonly number[],
): ImpactState {
  const sizes = sizesUsd.map((sizeUsd, size) => sizeFigures(samples, size, sizeUsd));
  const reference = sizesUsd.indexOf(REFERENCE_SIZE_USD);
  const curve = (kept: readonly ImpactSample[]): readonly number[] =>
    CURVE_SECONDS.map((_, lag) =>
      meanOf(kept.map(({ curves }) => curves[reference]?.[lag] ?? Number.NaN)),
    );
  const own = curve(samples);
  const at = own.indexOf(Math.max(...own));
  const decaySeconds = jackknife(samples, (kept) =>
    decayOf(CURVE_SECONDS.slice(at), curve(kept).slice(at)),
  );
  const peak = {
    lagSeconds: CURVE_SECONDS[at] ?? Number.NaN,
    ...meanEstimate(samples, ({ curves }) => curves[reference]?.[at] ?? Number.NaN),
  };
  return {
    state,
    beginSeconds: samples.map(({ beginSeconds }) => beginSeconds),
    depthUsd: meanEstimate(samples, ({ depthUsd }) => depthUsd),
    sizes,
    peak,
    ...(decaySeconds === undefined ? {} : { decaySeconds }),
  };
}

/** A figure at each lag at which it can be told. */
const byLag = (figure: (lag: number) => Estimate | undefined): readonly LagEstimate[] =>
  LAG_SECONDS.flatMap((lagSeconds, lag) => {
    const found = figure(lag);
    return found === undefined ? [] : [{ lagSeconds, ...found }];
  });

function parametersOf(
  calm: readonly ImpactSample[],
  stress: readonly ImpactSample[],
): ImpactParameters {
  const reference = SIZES_USD.indexOf(REFERENCE_SIZE_USD);
  const depth: Pick = ({ depthUsd }) => depthUsd;
  const pairs = calm.flatMap((own, draw) => {
    const other = stress[draw];
    return other === undefined ? [] : [{ calm: own, stress: other }];
  });
  return {
    referenceSizeUsd: REFERENCE_SIZE_USD,
    referenceDepthUsd: meanOf(calm.map(depth)),
    slopePerUsd: byLag((lag) => {
      const own = response(reference, lag);
      return meanEstimate(calm, (sample) => own(sample) / REFERENCE_SIZE_USD);
    }),
    sizeExponent: byLag((lag) =>
      jackknife(calm, (kept) =>
        exponentOf(
          SIZES_USD,
          SIZES_USD.map((_, size) => meanOf(kept.map(response(size, lag)))),
        ),
      ),
    ),
    depthPower: byLag((lag) =>
      jackknife(pairs, (kept) => {
        const [calmly, stressed] = [kept.map((own) => own.calm), kept.map((own) => own.stress)];
        const power = exponentOf(
          [meanOf(calmly.map(depth)), meanOf(stressed.map(depth))],
          [
            meanOf(calmly.map(response(reference, lag))),
            // In stress the reference size is the only one.
            meanOf(stressed.map(response(0, lag))),
          ],
        );
        return power === undefined ? undefined : -power;
      }),
    ),
  };
}

/** The samples of a state, one after the other. */
function* samplesOf(
  options: SimulateOptions,
  state: ImpactState["state"],
  plan: { readonly draws: number; readonly sizesUsd: readonly number[]; readonly turn: () => void },
): Generator<undefined, readonly ImpactSample[]> {
  const samples: ImpactSample[] = [];
  for (let draw = 0; draw < plan.draws; draw += 1) {
    samples.push(yield* drawImpact({ options, state, draw, sizesUsd: plan.sizesUsd }));
    plan.turn();
    yield;
  }
  return samples;
}

/**
 * Measures the impact of forced orders on a simulated day in turns: gives way with how far it has come, and returns the result. `draws` (2 at least) is how often each
 * state is tried with fresh noise: seven runs of half an hour each in calm, three of the day up to half an hour after the order in stress. Equal options give equal results.
 *
 * Assumes that the response does not depend on who trades: the account is none of those that the engine watches. Wrong for the very largest orders in an empty book, which
 * are worked off later than planned while lags count from the plan. Throws ConfigError for fewer than two draws, and where `simulate` would.
 */
export function* measuringImpact(
  options: SimulateOptions,
  draws: number,
): Generator<ImpactProgress, ImpactTruth> {
  if (!Number.isInteger(draws) || draws < 2) {
    throw new ConfigError(`Impact cannot be measured by ${draws} draws`, {
      hints: ["Give a whole number from 2: a standard error needs as many."],
    });
  }
  const isStressed = hasStress(options);
  const all = isStressed ? 2 * draws : draws;
  let done = 0;
  const turn = (): void => void (done += 1);
  const measured: { [S in ImpactState["state"]]: readonly ImpactSample[] } = {
    calm: [],
    stress: [],
  };
  const states = isStressed ? (["calm", "stress"] as const) : (["calm"] as const);
  const sizesOf = { calm: SIZES_USD, stress: [REFERENCE_SIZE_USD] } as const;
  for (const state of states) {
    const steps = samplesOf(options, state, { draws, sizesUsd: sizesOf[state], turn });
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) yield { done, draws: all };
    measured[state] = step.value;
  }
  return {
    description: DESCRIPTION,
    draws,
    paceUsdPerSecond: PACE_USD_PER_SECOND,
    lagSeconds: LAG_SECONDS,
    states: states.map((state) => stateFigures(state, measured[state], sizesOf[state])),
    parameters: parametersOf(measured.calm, measured.stress),
  };
}

/** As `measuringImpact`, without giving way. */
export function measureImpact(options: SimulateOptions, draws: number): ImpactTruth {
  const turns = measuringImpact(options, draws);
  let turn = turns.next();
  while (turn.done !== true) turn = turns.next();
  return turn.value;
}
