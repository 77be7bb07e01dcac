import type { AdlRule } from "./adlRule.ts";
import type { FeeSchedule, ForcedTradingFee, LiquidationFee } from "./feeSchedule.ts";
import type { FundingCap, FundingRule } from "./fundingRule.ts";
import type { IndexRule } from "./indexRule.ts";
import type { InsuranceRule } from "./insuranceRule.ts";
import type { LiquidationRule } from "./liquidationRule.ts";
import type { AuctionRule, SystemRule, VaultRule } from "./makerRules.ts";
import type { MarginSchedule } from "./marginSchedule.ts";
import type { MarkRule } from "./markRule.ts";
import type { NewAccountRule, OrderLimits, SettlementRule } from "./orderLimits.ts";
import type { OptionMarginRule } from "./optionMarginRule.ts";
import type { PortfolioMarginRule } from "./portfolioMarginRule.ts";
import type { PrintRule } from "./printRule.ts";

/**
 * The parts of a venue's rules, and the type of the values of each. Parts whose values have sources of their own stand apart, so
 * that a verified one is not marked for what is beside it.
 */
export interface RuleParts {
  readonly margin: MarginSchedule;
  readonly newAccounts: NewAccountRule;
  readonly fees: FeeSchedule;
  readonly liquidationFee: LiquidationFee;
  readonly forcedTradingFee: ForcedTradingFee;
  readonly index: IndexRule;
  readonly mark: MarkRule;
  readonly funding: FundingRule;
  readonly fundingCap: FundingCap;
  readonly liquidation: LiquidationRule;
  readonly insurance: InsuranceRule;
  readonly adl: AdlRule;
  readonly limits: OrderLimits;
  readonly settlement: SettlementRule;
  readonly optionMargin: OptionMarginRule;
  readonly portfolioMargin: PortfolioMarginRule;
  /** How liquidations are printed by the public feed. */
  readonly prints: PrintRule;
  readonly vault: VaultRule;
  readonly auction: AuctionRule;
  readonly system: SystemRule;
}

/** The name of a part. */
export type PartName = keyof RuleParts;

/** All parts, in the order in which they are shown. */
export const PART_NAMES: readonly PartName[] = [
  "margin",
  "newAccounts",
  "fees",
  "liquidationFee",
  "forcedTradingFee",
  "index",
  "mark",
  "funding",
  "fundingCap",
  "liquidation",
  "insurance",
  "adl",
  "limits",
  "settlement",
  "optionMargin",
  "portfolioMargin",
  "prints",
  "vault",
  "auction",
  "system",
];

/** Margined contracts, or loans against collateral. */
export type VenueKind = "derivatives" | "vaults";

/** What each kind of venue has: a file states each of these, or why it is absent. The other parts not every venue has. */
export const PARTS_OF_KIND: Readonly<Record<VenueKind, readonly PartName[]>> = {
  derivatives: [
    "margin",
    "fees",
    "liquidationFee",
    "index",
    "mark",
    "funding",
    "fundingCap",
    "liquidation",
    "insurance",
    "adl",
    "limits",
  ],
  vaults: ["vault", "auction", "system"],
};
