import type { JsonPlace } from "@aftershock/schema";

/** How a venue's public feed prints liquidations, and how much of them it leaves out. */
export interface PrintRule {
  /** Of a symbol one print at most in so many seconds; undefined where every forced order is printed, as far as any source says. */
  readonly everySeconds: number | undefined;
  /** Which forced order of the interval is printed; undefined where all are, or no source says. */
  readonly keeps: "last" | "largest" | undefined;
  /** All forced notional over that which is printed (κ): at least `low` and at most `high`, both 1 or more. */
  readonly kappa: { readonly low: number; readonly high: number };
}

/** Reads a print rule. Throws DataError naming the place. */
export function readPrintRule(place: JsonPlace): PrintRule {
  const fields = place.fields(["kappa"], ["everySeconds", "keeps"]);
  const { low, high } = fields.kappa.fields(["low", "high"]);
  const least = low.number({ from: 1 });
  return {
    everySeconds: fields.everySeconds?.number({ above: 0 }),
    keeps: fields.keeps?.oneOf(["last", "largest"]),
    kappa: { low: least, high: high.number({ from: least }) },
  };
}
