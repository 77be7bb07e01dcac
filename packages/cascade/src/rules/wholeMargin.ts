import type { MarginSchedule, MarginTier, SteppedMargin, TieredMargin } from "./marginSchedule.ts";
import type { RuleTaking } from "./ruleAssumptions.ts";

const hasInitial = ({ initialRate, maxLeverage }: MarginTier): boolean =>
  initialRate !== undefined || maxLeverage !== undefined;

/** The tiers with initial rates. */
function withInitial(
  tiers: readonly MarginTier[],
  taking: RuleTaking,
): readonly MarginTier[] | undefined {
  const open = tiers.find((tier) => !hasInitial(tier));
  if (open === undefined) return tiers;
  const factor = taking.of(undefined, {
    part: "margin",
    name: "marginInitialFactor",
    lacks: `no source gives the initial margin of the tier from ${open.floor}`,
  });
  if (factor === undefined) return undefined;
  return tiers.map((tier) =>
    hasInitial(tier) ? tier : { ...tier, initialRate: Math.min(1, factor * tier.maintenanceRate) },
  );
}

function wholeTiers(schedule: TieredMargin, taking: RuleTaking): TieredMargin | undefined {
  const tiers = withInitial(schedule.tiers, taking);
  const last = tiers?.at(-1) ?? schedule.tiers.at(-1);
  const tail = taking.of(schedule.truncated ? undefined : "lastTier", {
    part: "margin",
    name: "marginTail",
    lacks: `the tiers that are known end at ${last?.cap ?? last?.floor}`,
  });
  const needsCharge = schedule.charge === undefined && schedule.tiers.length > 1;
  const charge = taking.of(schedule.charge ?? (needsCharge ? undefined : "marginal"), {
    part: "margin",
    name: "marginCharge",
    lacks: "no source says whether a tier's rate is charged on all of a position",
  });
  if (tiers === undefined || tail === undefined || charge === undefined) return undefined;
  if (!schedule.truncated || last === undefined) return { ...schedule, charge, tiers };
  const open = [...tiers.slice(0, -1), { ...last, cap: undefined }];
  return { ...schedule, charge, truncated: false, tiers: open };
}

function wholeSteps(schedule: SteppedMargin, taking: RuleTaking): SteppedMargin | undefined {
  const part = "margin";
  const baseLimit = taking.of(schedule.baseLimit, {
    part,
    name: "marginBaseLimit",
    lacks: "no source gives the largest size at the base rates",
  });
  const step = taking.of(schedule.step, {
    part,
    name: "marginStep",
    lacks: "no source gives the size of a step",
  });
  if (baseLimit === undefined || step === undefined) return undefined;
  return { ...schedule, baseLimit, step };
}

/** A schedule that covers positions of any size that the venue allows; undefined, and noted, where something for it is lacking. */
export function wholeMargin(
  schedule: MarginSchedule,
  taking: RuleTaking,
): MarginSchedule | undefined {
  switch (schedule.kind) {
    case "tiers":
      return wholeTiers(schedule, taking);
    case "steps":
      return wholeSteps(schedule, taking);
    case "linear":
      return schedule;
    default:
      return schedule satisfies never;
  }
}
