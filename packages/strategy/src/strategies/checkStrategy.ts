import { ConfigError } from "@aftershock/schema";
import { isFields, shown } from "../settings.ts";
import type { Strategy } from "./strategy.ts";

/** Checks that what a study lists is a strategy. `place` is where it stands there: `strategies[0]`. Throws ConfigError naming what is wrong. */
export function checkStrategy(place: string, strategy: Strategy): void {
  const given: unknown = strategy;
  const { name, config, venue, start } = isFields(given) ? given : {};
  const isStrategy =
    typeof name === "string" &&
    isFields(config) &&
    typeof venue === "function" &&
    typeof start === "function";
  if (isStrategy) return;
  throw new ConfigError(`${place} is ${shown(given)}, which is no strategy`, {
    hints: ["List what marketMaking({ … }) gives, or one of your own: see packages/strategy."],
  });
}
