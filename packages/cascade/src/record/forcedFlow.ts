import type { ForcedPrint } from "./forcedPrint.ts";
import { EVERY_PRINT, type KappaBand } from "./kappaBand.ts";

/** Forced flow as a venue printed it. */
export interface PrintedFlow {
  readonly kind: "prints";
  /** Those that hit the book, in order of time, as printed. */
  readonly prints: readonly ForcedPrint[];
  readonly kappa: KappaBand;
}

/** Forced flow that nobody printed: an estimate, to be shown as one. */
export interface EstimatedFlow {
  readonly kind: "estimate";
  /** One a step with any, at the end of the step, without accounts. */
  readonly prints: readonly ForcedPrint[];
  /** That of complete prints: what an estimate leaves out is in its assumptions. */
  readonly kappa: KappaBand;
  /** What it rests on, one sentence each. */
  readonly assumptions: readonly string[];
}

/** The forced flow of a record that hit the book. */
export type ForcedFlow = PrintedFlow | EstimatedFlow;

/** The forced flow of a record's prints: those that went to a vault, a fund or a winner are left out, as no book has seen them. */
export const printedFlow = (
  prints: readonly ForcedPrint[],
  kappa: KappaBand = EVERY_PRINT,
): PrintedFlow => ({
  kind: "prints",
  prints: prints.filter(({ method }) => method === "market"),
  kappa,
});
