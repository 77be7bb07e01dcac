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

/** Forced flow of which nothing is known: no prints, and no estimate either. */
export interface UnknownFlow {
  readonly kind: "unknown";
  readonly prints: readonly [];
  readonly kappa: KappaBand;
}

/** The forced flow of a record that hit the book. */
export type ForcedFlow = PrintedFlow | EstimatedFlow | UnknownFlow;

/** The forced flow of a record that nobody printed and nobody estimates. */
export const UNKNOWN_FLOW: UnknownFlow = { kind: "unknown", prints: [], kappa: EVERY_PRINT };

/** The forced flow of a record's prints: those that went to a vault, a fund or a winner are left out, as no book has seen them. */
export const printedFlow = (
  prints: readonly ForcedPrint[],
  kappa: KappaBand = EVERY_PRINT,
): PrintedFlow => ({
  kind: "prints",
  prints: prints.filter(({ method }) => method === "market"),
  kappa,
});
