import { ConfigError } from "@aftershock/schema";
import { isFields, shown } from "../settings.ts";
import type { Hedge } from "./hedge.ts";

/** Checks that what a study lists is a hedge. `place` is where it stands there: `hedges[0]`. Throws ConfigError naming what is wrong. */
export function checkHedge(place: string, hedge: Hedge): void {
  const given: unknown = hedge;
  const { name, description, config, assumptions, streams, open } = isFields(given) ? given : {};
  const isHedge =
    typeof name === "string" &&
    typeof description === "string" &&
    isFields(config) &&
    Array.isArray(assumptions) &&
    typeof streams === "function" &&
    typeof open === "function";
  if (isHedge) return;
  throw new ConfigError(`${place} is ${shown(given)}, which is no hedge`, {
    hints: ["List what unhedged(), protectivePut({ … }) or deltaNeutral({ … }) give."],
  });
}
