import type { AccountId, Ledger } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import type { DangerBandOf } from "../margin/dangerBand.ts";
import type { LiquidationWatch } from "../margin/fullScan.ts";
import type { IsLiquidatable } from "../margin/liquidationTest.ts";
import type { MarginModel } from "../margin/marginModel.ts";
import type { LiquidationStep } from "../rules/liquidationRule.ts";
import type { ClosingOrder } from "./closingOrder.ts";
import type { DefaultFund } from "./defaultFund.ts";
import type { AdlCandidateSource } from "./deleveraging.ts";
import type { UnwindingPolicy } from "./fundInventory.ts";
import type { LiquidationEventKind, OnLiquidationEvent } from "./liquidationEvent.ts";
import type { LiquidationMarket } from "./liquidationMarket.ts";
import type { InstrumentTerms } from "./liquidationTerms.ts";
import type { OrderThrottleOptions } from "./orderThrottle.ts";

/**
 * When a latched account is let go. `whenSafe`: as soon as it is no longer liquidatable, which is looked at before every order.
 * `whenSafeAfterClose`: the same once a part of it has been closed, be it by a tranche before it was let go whose cooldown it waits for; a mark that comes back before does not save it. `never`: only when
 * it is closed.
 */
export type ReleaseRule = "whenSafe" | "whenSafeAfterClose" | "never";

/** What an engine works with. */
export interface LiquidationEngineOptions {
  readonly ledger: Ledger;
  readonly marks: Marks;
  readonly model: MarginModel;
  /** The trigger of the rule, as a predicate. It decides; `triggers` only finds. */
  readonly isLiquidatable: IsLiquidatable;
  /** Spares looks at accounts that a throttle holds up; whoever gives it tells `changed` and `rescaled`. Default: none, and each that may be released is looked at in every window of the throttle. */
  readonly dangerBand?: DangerBandOf;
  /** Default: a scan of all accounts. */
  readonly triggers?: LiquidationWatch;
  readonly market: LiquidationMarket;
  /** The steps of the venue's rule, in order. */
  readonly steps: readonly LiquidationStep[];
  /** Of each instrument of the ledger, in its order. */
  readonly terms: readonly InstrumentTerms[];
  readonly venue: AccountId;
  readonly vault?: AccountId;
  /** Accounts that are never liquidated, deleveraged or asked for a share of a loss: the rest of the world. Default: none. */
  readonly exempt?: readonly AccountId[];
  /** Default: none; there is one only where positions are cleared by a house with members. */
  readonly defaultFund?: DefaultFund;
  /** Default `largestMaintenance`. */
  readonly closingOrder?: ClosingOrder;
  /** Default `whenSafeAfterClose`. */
  readonly release?: ReleaseRule;
  /** Default: none. */
  readonly throttle?: OrderThrottleOptions;
  /** Length of a block, µs; a rule with the step `fillable` needs it. */
  readonly blockMicros?: number;
  /** Default: `hold`. */
  readonly unwinding?: UnwindingPolicy;
  /** Default: all accounts, as they are. Given, it is asked at every close. */
  readonly adlCandidates?: AdlCandidateSource;
  readonly onEvent: OnLiquidationEvent;
  /** The kinds of events that `onEvent` is called with; default all. */
  readonly events?: ReadonlySet<LiquidationEventKind> | undefined;
}
