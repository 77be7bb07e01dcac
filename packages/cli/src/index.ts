export * from "@aftershock/schema";
export * from "@aftershock/strategy";
export { bookAt, type L2Book, marketBars, mergeRuns, replay } from "@aftershock/replay";
export { ingest, Lake, lakeStream, openDuck } from "@aftershock/ingest";
export {
  initialMargin,
  maintenanceMargin,
  parseVenueRules,
  type RuleAt,
  type RulesAt,
  rulesOf,
  type SymbolRules,
  unverifiedOf,
  type VenueRules,
} from "@aftershock/cascade";
export { loadVenueRules, ruledVenues } from "./shippedRules.ts";
