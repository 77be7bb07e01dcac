import { ConfigError } from "@aftershock/schema";
import type { LevelChange, QueueModel, QueuePlace } from "./queueModel.ts";

/** How likely it is that a cancelled lot stood behind an order: 0 … 1, from the sizes ahead of it and behind it, lots, 0 or more. */
export type ShareBehind = (ahead: number, behind: number) => number;

/** An increasing function with f(0) = 0 that weighs a size in lots. */
export type SizeWeight = (lots: number) => number;

/** f(x) = xⁿ. `n` above 0: 1 spreads cancels evenly over the queue, larger values put them where more size is. */
export function powerWeight(n: number): SizeWeight {
  if (!(n > 0) || !Number.isFinite(n)) {
    throw new ConfigError(`A queue weight with exponent ${n} is not possible`, {
      hints: ["Give an exponent above 0, for example 2 or 3."],
    });
  }
  return (lots) => lots ** n;
}

/**
 * f(x) = ln(1 + x / unit). Unlike a power it weighs large queues differently from small ones, so that it depends on the unit of size:
 * `unit` is how many lots make one, 1 by default. hftbacktest counts in the quantities of its data, which for a lot of 0.001 is a unit of
 * 1000 lots.
 */
export function logWeight(unit: number = 1): SizeWeight {
  if (!(unit > 0) || !Number.isFinite(unit)) {
    throw new ConfigError(`A queue weight in units of ${unit} lots is not possible`, {
      hints: ["Give a number of lots above 0."],
    });
  }
  return (lots) => Math.log1p(lots / unit);
}

/** f(behind) / (f(behind) + f(ahead)): both sides weighed, without the total. hftbacktest's ProbQueueModel. */
export const relativeShare =
  (weight: SizeWeight): ShareBehind =>
  (ahead, behind) =>
    weight(behind) / (weight(behind) + weight(ahead));

/** f(behind) / f(behind + ahead): against the total. For a log more cancels stand behind. hftbacktest's ProbQueueModel2. */
export const shareOfTotal =
  (weight: SizeWeight): ShareBehind =>
  (ahead, behind) =>
    weight(behind) / weight(behind + ahead);

/** 1 − f(ahead / (ahead + behind)): of the place within the total, 0 at the front and 1 at the back. hftbacktest's ProbQueueModel3. */
export const shareOfPlace =
  (weight: SizeWeight): ShareBehind =>
  (ahead, behind) =>
    1 - weight(ahead / (ahead + behind));

/**
 * A queue in which part of what is cancelled stood ahead: the expected part, by where the order stands.
 *
 * With V ahead, B behind and a cancelled size c, V falls by (1 − p) c, where p is the share behind; where more than B would have been
 * behind, the rest was ahead. So at the front all cancels are behind, and at the back all are ahead. Sources: Rigtorp, "Estimating order
 * queue position", 2013; hftbacktest, "Order Fill" and "Queue Models", read 2026-11. Unlike there, trades that the level shows are taken
 * off B as well as off V before cancels are shared out.
 *
 * Assumed: cancels come in small parts, everywhere in the queue, and each the expected share. Wrong where a few large orders make a level,
 * where orders at the back are younger and cancelled sooner, and where the source sends its book rarely, so that cancels and additions
 * within one message cancel out. To be calibrated by the study's own recorded fills.
 */
export class ProbabilityQueue implements QueueModel, QueuePlace {
  readonly #shareBehind: ShareBehind;

  constructor(shareBehind: ShareBehind) {
    this.#shareBehind = shareBehind;
  }

  join(): QueuePlace {
    return this;
  }

  sizeAhead({ ahead, before, gone, isRestart }: LevelChange): number {
    if (isRestart || gone === 0 || ahead === 0) return ahead;
    const behind = Math.max(0, before - ahead);
    const estimate = this.#shareBehind(ahead, behind);
    // Weights beyond the range of numbers say nothing: then nobody ahead is taken to have left.
    const share = Number.isNaN(estimate) ? 1 : Math.min(1, Math.max(0, estimate));
    const goneBehind = Math.min(share * gone, behind);
    return Math.max(0, ahead - (gone - goneBehind));
  }
}
