import type { JsonPlace } from "@aftershock/schema";

/**
 * When a position is liquidated. `belowMaintenance`: equity at the mark price is below maintenance margin. `ratio`: equity over
 * maintenance margin, with or without the taker fee of the liquidation, is at or below a threshold.
 */
export type LiquidationTrigger =
  | { readonly kind: "belowMaintenance" }
  | { readonly kind: "ratio"; readonly threshold: number; readonly withLiquidationFee: boolean };

/** The account's open orders are cancelled. */
export interface CancelStep {
  readonly kind: "cancel";
}

/** One immediate-or-cancel order for the position, no worse than its bankruptcy price. */
export interface IocStep {
  readonly kind: "ioc";
}

/** Market orders for the whole position. */
export interface MarketStep {
  readonly kind: "market";
}

/** Of a large position only a part is sold first. */
export interface TrancheStep {
  readonly kind: "tranche";
  /** Positions above this notional, quote currency; 0: all of them. */
  readonly aboveNotional: number;
  /** The part sold first, a fraction. */
  readonly share: number;
  /** Time after each part of it that is filled, seconds. */
  readonly cooldownSeconds: number;
  /** What happens in that time. `wait`: when the tranche is through nothing more of the account is sold, and the rest goes at the end of it where the account is not let go by then. `closeWhole`: what has to be closed of the account is closed whole. An account that the tranche makes safe is let go, and both hold where it is liquidated anew. */
  readonly inCooldown: "wait" | "closeWhole";
}

/** The position is cut to the size of a lower tier, again and again while that is needed. */
export interface StepDownStep {
  readonly kind: "stepDown";
  /** How many tiers at a time; undefined where it is cut as far as needed, or no source says. */
  readonly tiersAtOnce: number | undefined;
  /** Positions of this tier and above (1 is the lowest); undefined where no source gives it. */
  readonly fromTier: number | undefined;
  /** Positions of this size and above, in contracts, and the smaller size that they are cut to; both undefined where the tiers say it. */
  readonly fromSize: number | undefined;
  readonly toSize: number | undefined;
  /** `fillOrKill`: the excess as one order that fills whole or not at all. Undefined where no source says. */
  readonly order: "market" | "fillOrKill" | undefined;
}

/** Small orders at a steady pace until the position is safe. */
export interface IncrementsStep {
  readonly kind: "increments";
  /** Undefined where no source gives them. */
  readonly contractsPerOrder: number | undefined;
  readonly ordersPerSecond: number | undefined;
}

/** The venue's engine takes the position over at its bankruptcy price. */
export interface TakeoverStep {
  readonly kind: "takeover";
}

/** A vault takes the position over, and keeps what margin is left. */
export interface BackstopStep {
  readonly kind: "backstop";
  readonly by: string;
  /** When equity is below this share of maintenance margin. */
  readonly belowShareOfMaintenance: number;
}

/**
 * Orders matched at fillable price or better, block by block: oracle price × (1 ∓ adjustment × (1 − equity / maintenance margin) ×
 * spread × maintenance fraction), minus for longs.
 */
export interface FillableStep {
  readonly kind: "fillable";
  readonly bankruptcyAdjustment: number;
  readonly spreadToMaintenance: number;
  /** Largest part of a position a block, a fraction, though at least `minimumNotional`. */
  readonly shareOfPositionPerBlock: number;
  readonly minimumNotional: number;
  /** Largest notional of a subaccount that is liquidated a block, quote currency. */
  readonly notionalPerBlock: number;
  /** Largest loss of the insurance fund a block, quote currency. */
  readonly insuranceLossPerBlock: number;
}

/** What is missing is paid by the insurance fund. */
export interface InsuranceStep {
  readonly kind: "insurance";
}

/** Positions of the other side are closed against it: auto-deleveraging. */
export interface AdlStep {
  readonly kind: "adl";
}

/** The loss is shared among those who gained. */
export interface SocialisedStep {
  readonly kind: "socialised";
}

/** One step of a liquidation. */
export type LiquidationStep =
  | CancelStep
  | IocStep
  | MarketStep
  | TrancheStep
  | StepDownStep
  | IncrementsStep
  | TakeoverStep
  | BackstopStep
  | FillableStep
  | InsuranceStep
  | AdlStep
  | SocialisedStep;

/** How a venue closes a position that has too little margin: each step is taken where the one before it was not enough. */
export interface LiquidationRule {
  readonly trigger: LiquidationTrigger;
  readonly steps: readonly LiquidationStep[];
}

const share = (place: JsonPlace): number => place.number({ above: 0, to: 1 });
const positive = (place: JsonPlace): number => place.number({ above: 0 });

function readTrigger(place: JsonPlace): LiquidationTrigger {
  const kind = place.kind(["belowMaintenance", "ratio"]);
  if (kind === "belowMaintenance") {
    place.fields(["kind"]);
    return { kind };
  }
  const { threshold, withLiquidationFee } = place.fields([
    "kind",
    "threshold",
    "withLiquidationFee",
  ]);
  return { kind, threshold: positive(threshold), withLiquidationFee: withLiquidationFee.flag() };
}

function readTranche(place: JsonPlace): TrancheStep {
  const fields = place.fields(["kind", "aboveNotional", "share", "cooldownSeconds", "inCooldown"]);
  return {
    kind: "tranche",
    aboveNotional: fields.aboveNotional.number({ from: 0 }),
    share: share(fields.share),
    cooldownSeconds: positive(fields.cooldownSeconds),
    inCooldown: fields.inCooldown.oneOf(["wait", "closeWhole"]),
  };
}

function readStepDown(place: JsonPlace): StepDownStep {
  const { tiersAtOnce, fromTier, fromSize, toSize, order } = place.fields(
    ["kind"],
    ["tiersAtOnce", "fromTier", "fromSize", "toSize", "order"],
  );
  const step: StepDownStep = {
    kind: "stepDown",
    tiersAtOnce: tiersAtOnce?.number({ above: 0, whole: true }),
    fromTier: fromTier?.number({ above: 0, whole: true }),
    fromSize: fromSize?.number({ above: 0 }),
    toSize: toSize?.number({ above: 0 }),
    order: order?.oneOf(["market", "fillOrKill"]),
  };
  const fault = stepDownFault(step);
  if (fault === undefined) return step;
  throw (toSize ?? fromSize ?? place).wrong(fault);
}

/** What the sizes of a stepDown should be and are not; undefined where nothing is wrong with them. */
export function stepDownFault({ fromSize, toSize }: StepDownStep): string | undefined {
  if ((fromSize === undefined) !== (toSize === undefined)) {
    return "stated together with the other of fromSize and toSize";
  }
  if (fromSize === undefined || toSize === undefined || toSize < fromSize) return undefined;
  return `below ${fromSize}, the size from which on positions are cut`;
}

function readFillable(place: JsonPlace): FillableStep {
  const fields = place.fields([
    "kind",
    "bankruptcyAdjustment",
    "spreadToMaintenance",
    "shareOfPositionPerBlock",
    "minimumNotional",
    "notionalPerBlock",
    "insuranceLossPerBlock",
  ]);
  return {
    kind: "fillable",
    bankruptcyAdjustment: positive(fields.bankruptcyAdjustment),
    spreadToMaintenance: positive(fields.spreadToMaintenance),
    shareOfPositionPerBlock: share(fields.shareOfPositionPerBlock),
    minimumNotional: positive(fields.minimumNotional),
    notionalPerBlock: positive(fields.notionalPerBlock),
    insuranceLossPerBlock: positive(fields.insuranceLossPerBlock),
  };
}

function readStep(place: JsonPlace): LiquidationStep {
  const kind = place.kind([
    "cancel",
    "ioc",
    "market",
    "tranche",
    "stepDown",
    "increments",
    "takeover",
    "backstop",
    "fillable",
    "insurance",
    "adl",
    "socialised",
  ]);
  switch (kind) {
    case "tranche":
      return readTranche(place);
    case "stepDown":
      return readStepDown(place);
    case "fillable":
      return readFillable(place);
    case "increments": {
      const { contractsPerOrder, ordersPerSecond } = place.fields(
        ["kind"],
        ["contractsPerOrder", "ordersPerSecond"],
      );
      return {
        kind,
        contractsPerOrder: contractsPerOrder?.number({ above: 0 }),
        ordersPerSecond: ordersPerSecond?.number({ above: 0 }),
      };
    }
    case "backstop": {
      const { by, belowShareOfMaintenance } = place.fields([
        "kind",
        "by",
        "belowShareOfMaintenance",
      ]);
      return { kind, by: by.text(), belowShareOfMaintenance: share(belowShareOfMaintenance) };
    }
    case "cancel":
    case "ioc":
    case "market":
    case "takeover":
    case "insurance":
    case "adl":
    case "socialised":
      place.fields(["kind"]);
      return { kind };
    default:
      return kind satisfies never;
  }
}

/** Reads a liquidation rule. Throws DataError naming the place. */
export function readLiquidationRule(place: JsonPlace): LiquidationRule {
  const { trigger, steps } = place.fields(["trigger", "steps"]);
  return { trigger: readTrigger(trigger), steps: steps.list(readStep) };
}
