import { STEPS_PER_SECOND } from "../clock.ts";
import type { AgentMaker } from "../market/marketParts.ts";

/** How fast an injected order is worked off, USD a second: the throttle of the liquidation engine in all presets. */
export const PACE_USD_PER_SECOND = 400_000;

/** An order that is put into a market to see what it does. */
export interface InjectedOrder {
  /** Step of its first part, from the start of the warm-up. */
  readonly step: number;
  /** BUY 1 or SELL −1. */
  readonly side: number;
  readonly sizeUsd: number;
}

/** Steps from the first part of an order to its last where the book fills all that it asks for. */
export const stepsOfOrder = (sizeUsd: number): number =>
  Math.ceil((sizeUsd * STEPS_PER_SECOND) / PACE_USD_PER_SECOND) - 1;

/**
 * Works off one order at the engine's pace, a market order a step, on an account of its own that never closes. What a thin book does not fill is asked for
 * again in the next step. Acts after all others in its step.
 */
export const injectedOrder =
  ({ step: first, side, sizeUsd }: InjectedOrder): AgentMaker =>
  ({ perpetual }) => {
    const account = perpetual.ledger.open("injected order");
    const part = Math.max(1, Math.round(PACE_USD_PER_SECOND / STEPS_PER_SECOND / perpetual.lotUsd));
    let left = Math.round(sizeUsd / perpetual.lotUsd);
    return {
      act(step: number): void {
        if (step < first || left <= 0) return;
        left -= perpetual.take(account, side, Math.min(part, left));
      },
    };
  };
