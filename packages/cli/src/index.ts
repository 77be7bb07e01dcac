export * from "@aftershock/schema";
export * from "@aftershock/strategy";
export { bookAt, type L2Book, marketBars, mergeRuns, replay } from "@aftershock/replay";
export { ingest, Lake, lakeStream, openDuck } from "@aftershock/ingest";
