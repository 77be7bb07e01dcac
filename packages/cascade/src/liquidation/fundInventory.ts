import { ConfigError, type Micros } from "@aftershock/schema";
import type { AccountId, Position } from "../account/ledger.ts";
import { isContract, priceForValue } from "./bankruptcy.ts";
import type { Deleveraging } from "./deleveraging.ts";
import type { ForcedTrading } from "./forcedTrading.ts";
import type { LiquidationDesk } from "./liquidationDesk.ts";

/**
 * What a fund or vault does with positions that it took over. `hold`: it keeps them. `market`: it sells them in the market, a share of
 * what it holds at a time, within a price at which it does not go below zero.
 */
export type UnwindingPolicy =
  | { readonly kind: "hold" }
  | {
      readonly kind: "market";
      /** Time between orders, µs, whole, above 0. */
      readonly everyMicros: number;
      /** Share of each position an order closes, above 0, at most 1; at least a lot. */
      readonly share: number;
    };

/** Throws ConfigError for a policy out of range. */
export function checkUnwinding(policy: UnwindingPolicy): void {
  if (policy.kind === "hold") return;
  const { everyMicros, share } = policy;
  if (Number.isSafeInteger(everyMicros) && everyMicros > 0 && share > 0 && share <= 1) return;
  throw new ConfigError(
    `Positions cannot be unwound by a share of ${share} every ${everyMicros} µs`,
    {
      hints: ["Give a share above 0 and at most 1, and a whole number of µs above 0."],
    },
  );
}

/**
 * The positions of a fund or a vault.
 *
 * - Where marks move so far that it is worth less than nothing, its contracts are deleveraged, the most profitable first, at its own bankruptcy
 *   prices, or at better ones where it would else have realised more than it has: so nothing is lacking afterwards. The rules do not say
 *   at which price a fund's own positions are closed; a worse one would leave a debt of the fund. Where the rule has no ADL, or the other
 *   side has too few lots, it holds on: what it has realised is never below zero, what it is worth may be.
 * - By the policy, it sells what it holds.
 */
export class FundInventory {
  readonly account: AccountId;
  readonly #desk: LiquidationDesk;
  readonly #deleveraging: Deleveraging;
  readonly #trading: ForcedTrading;
  readonly #policy: UnwindingPolicy;
  /** When it sells next, µs; Infinity where it has nothing to sell. */
  nextAt: number = Number.POSITIVE_INFINITY;

  constructor(
    account: AccountId,
    parts: {
      desk: LiquidationDesk;
      deleveraging: Deleveraging;
      trading: ForcedTrading;
      policy: UnwindingPolicy;
    },
  ) {
    this.account = account;
    this.#desk = parts.desk;
    this.#deleveraging = parts.deleveraging;
    this.#trading = parts.trading;
    this.#policy = parts.policy;
  }

  /** Marks have moved: closes what it can no longer carry. */
  marksMoved(at: Micros): void {
    const desk = this.#desk;
    if (desk.ledger.positions(this.account).length === 0) return;
    const contracts = this.#contracts();
    if (contracts.length === 0 || desk.worth(this.account) >= 0 || !desk.hasStep("adl")) return;
    const gain = (held: Position): number => desk.valueAtMark(held) - held.entryValue;
    const ranked = contracts
      .map((held) => ({ held, gain: gain(held) }))
      .sort((a, b) => b.gain - a.gain || a.held.instrument - b.held.instrument);
    for (const { held } of ranked) {
      this.#deleveraging.close(this.account, held, { at, price: "bankruptcy" });
    }
    if (this.#contracts().length === 0) this.nextAt = Number.POSITIVE_INFINITY;
  }

  /** It has taken a position over. */
  tookOver(at: Micros): void {
    if (this.#policy.kind === "market" && this.nextAt === Number.POSITIVE_INFINITY) {
      this.nextAt = at + this.#policy.everyMicros;
    }
  }

  /** Sells by the policy. */
  unwind(at: Micros): void {
    const policy = this.#policy;
    if (policy.kind === "hold") return;
    for (const held of this.#contracts()) this.#sell(held, policy.share, at);
    const isEmpty = this.#contracts().length === 0;
    this.nextAt = isEmpty ? Number.POSITIVE_INFINITY : at + policy.everyMicros;
  }

  #sell(held: Position, share: number, at: Micros): void {
    const { ledger } = this.#desk;
    const bankrupt = this.#desk.bankruptcyValue(this.account, held);
    const unrealised = held.entryValue - ledger.walletUnits(this.account);
    // A fill is rounded to a unit: one unit a lot is kept in hand.
    const floor = Math.max(bankrupt, unrealised) + Math.abs(held.lots);
    const limit = priceForValue(ledger, held, floor);
    if (limit.kind === "none") return;
    this.#trading.close({
      account: this.account,
      instrument: held.instrument,
      lots: Math.max(1, Math.floor(Math.abs(held.lots) * share)),
      limitPrice: limit.kind === "price" ? limit.price : undefined,
      fillOrKill: false,
      cause: "unwind",
      moved: [],
      at,
    });
  }

  #contracts(): Position[] {
    const { ledger } = this.#desk;
    return ledger
      .positions(this.account)
      .filter((held) => isContract(ledger, held))
      .map((held) => ({ ...held }));
  }
}
