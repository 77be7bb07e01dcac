import type { MarkOptions, MarkRule } from "@aftershock/cascade";
import type { Assumed } from "./scenarioOutcome.ts";

/** What is taken where the rule of a mark does not say, and why. */
interface MarkGap {
  readonly options: Omit<MarkOptions, "of">;
  readonly assumed: readonly Assumed[];
}

const NOTHING: MarkGap = { options: {}, assumed: [] };

const gap = (options: Omit<MarkOptions, "of">, value: string): MarkGap => ({
  options,
  assumed: [{ part: "mark", value, why: "the rule of the mark does not say" }],
});

function gapOf(rule: MarkRule, fundingSeconds: number | undefined): MarkGap {
  switch (rule.kind) {
    case "emaBasis":
      return rule.bandRate === undefined
        ? gap(
            { fairPrice: "mid", bandRate: "none" },
            "no band around the index; the mid is the fair price",
          )
        : gap({ fairPrice: "mid" }, "the mid is the fair price");
    case "averageBasis":
      return rule.averageSeconds === undefined
        ? gap(
            { sampleSeconds: 1, averageSeconds: 60 },
            "the basis is averaged over 60 s, sampled once a second",
          )
        : gap({ sampleSeconds: 1 }, "the basis is sampled once a second");
    case "fairBasis":
      return { options: { fundingPeriodSeconds: fundingSeconds ?? 28_800 }, assumed: [] };
    case "medianOfThree":
      return rule.sampleSeconds === undefined
        ? gap({ sampleSeconds: 1 }, "the basis is sampled once a second")
        : NOTHING;
    case "medianWithVenues":
    case "indexAndFunding":
    case "oracle":
      return NOTHING;
    default:
      return rule satisfies never;
  }
}

/** What a counterfactual takes where the rules of marks, recorded and changed, leave something open; none of it overrules a rule. */
export function markAssumptions(
  rules: readonly MarkRule[],
  { of, fundingSeconds }: { readonly of: string; readonly fundingSeconds: number | undefined },
): { readonly options: MarkOptions; readonly assumed: readonly Assumed[] } {
  const gaps = rules.map((rule) => gapOf(rule, fundingSeconds));
  const options = gaps.reduce<MarkOptions>((all, one) => ({ ...all, ...one.options }), { of });
  const said = new Map(gaps.flatMap(({ assumed }) => assumed.map((one) => [one.value, one])));
  return { options, assumed: [...said.values()] };
}
