import type { Quantiles } from "./factTypes.ts";
import type { LogHistogram } from "./logHistogram.ts";

/** The quantiles that are told of a distribution. */
export const quantilesOf = (values: LogHistogram): Quantiles => ({
  p5: values.quantile(0.05),
  p25: values.quantile(0.25),
  p50: values.quantile(0.5),
  p75: values.quantile(0.75),
  p95: values.quantile(0.95),
  p99: values.quantile(0.99),
});
