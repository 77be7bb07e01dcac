export { absentColumn, isAbsentColumn } from "./absentColumn.ts";
export * from "./batch.ts";
export * from "./decimal.ts";
export * from "./errors.ts";
export * from "./instrument.ts";
export * from "./order.ts";
export * from "./streams.ts";
export * from "./time.ts";
export * from "./units.ts";
