import { IntegrityError, type Micros } from "@aftershock/schema";
import type { AccountId, Position } from "../account/ledger.ts";
import type { AdlPrice } from "../rules/adlRule.ts";
import { type AdlCandidate, adlCandidateOf } from "./adl/adlCandidate.ts";
import type { AdlShare } from "./adl/allocateAdl.ts";
import { valueOfLots } from "./bankruptcy.ts";
import type { LiquidationDesk } from "./liquidationDesk.ts";
import type { AdlTerms } from "./liquidationTerms.ts";
import type { LossWaterfall } from "./waterfall.ts";

/** Who may be deleveraged: all holders of the other side of an instrument. `side`: 1 longs, −1 shorts. */
export type AdlCandidateSource = (instrument: number, side: 1 | -1) => readonly AdlCandidate[];

/**
 * Auto-deleveraging: lots of an account that found no other taker are closed against positions of the other side, chosen by the venue's
 * ranking, at the rule's price. The lots that counterparties give up are the lots that are closed, exactly.
 *
 * At the bankruptcy price nothing is left of the account and nothing is lacking; at a mark what is lacking is paid by the waterfall.
 * Candidates are asked for anew each time, as the marks are then; accounts that are latched themselves, that have no equity left, or that have a
 * part to play (see LiquidationRoles) are none. Venues update their ranks now and then (Binance every 30 minutes): a rank that is seen
 * may differ from the one that is used here.
 */
export class Deleveraging {
  readonly #desk: LiquidationDesk;
  readonly #waterfall: LossWaterfall;
  readonly #candidates: AdlCandidateSource;

  constructor(desk: LiquidationDesk, waterfall: LossWaterfall, candidates: AdlCandidateSource) {
    this.#desk = desk;
    this.#waterfall = waterfall;
    this.#candidates = candidates;
  }

  /** Closes as much of a position as there are lots on the other side; returns how many lots were closed. */
  close(account: AccountId, position: Position, how: { at: Micros; price?: AdlPrice }): number {
    const { instrument, lots } = position;
    const terms = this.#desk.termsOf(instrument).adl;
    if (terms === undefined) return 0;
    const candidates = this.#candidates(instrument, lots > 0 ? -1 : 1);
    if (candidates.length === 0) return 0;
    const price = how.price ?? this.#priceOf(account, position, terms);
    const shares = terms.allocate(Math.abs(lots), candidates);
    checkShares(shares, candidates, Math.abs(lots));
    let closed = 0;
    for (const share of shares) {
      this.#book({ account, instrument, terms, price, at: how.at }, share);
      closed += share.lots;
    }
    return closed;
  }

  /** The rule's price, or the one for a fund that cannot pay what that one leaves. */
  #priceOf(account: AccountId, position: Position, terms: AdlTerms): AdlPrice {
    if (terms.price !== "mark" || terms.priceWhenFundExhausted === undefined) return terms.price;
    const available = this.#waterfall.fundOf(position.instrument)?.available ?? 0;
    return -this.#desk.worth(account) > available ? terms.priceWhenFundExhausted : terms.price;
  }

  #book(
    close: { account: AccountId; instrument: number; terms: AdlTerms; price: AdlPrice; at: Micros },
    { account: counterparty, lots: size }: AdlShare,
  ): void {
    const desk = this.#desk;
    const { account, instrument, terms, at } = close;
    const position = desk.ledger.position(account, instrument);
    if (position === undefined) throw new IntegrityError("Invariant: ADL closes a position");
    const lots = Math.sign(position.lots) * size;
    if (terms.cancelsOrders) {
      desk.market.cancelOrders(counterparty, at);
      desk.emit({ kind: "cancelled", at, account: counterparty });
    }
    const passed = { from: account, to: counterparty, instrument, lots };
    const { price, units } = desk.pass({ ...passed, units: this.#unitsOf(close, position, lots) });
    const mark = desk.marks.ticks(instrument);
    desk.emit({ kind: "adl", at, account, instrument, lots, price, units, mark, counterparty });
    this.#charge(close, counterparty, units);
    this.#waterfall.settleIfEmpty(counterparty, instrument, at);
  }

  /** What the account receives, whole units; undefined: the lots' value at the mark. Rounded up, so that a fund that is closed is never short of a unit. */
  #unitsOf(
    close: { account: AccountId; instrument: number; price: AdlPrice },
    position: Position,
    lots: number,
  ): number | undefined {
    const desk = this.#desk;
    if (close.price === "mark") return undefined;
    const { instrument } = position;
    if (close.price === "previousMark") {
      return Math.ceil(desk.ledger.valueUnits(instrument, lots, desk.previousMark(instrument)));
    }
    const bankrupt = desk.bankruptcyValue(close.account, position);
    // What a fund has realised stays above nothing too, where others of its positions have gains that they have not realised.
    const value = desk.isOutside(close.account)
      ? Math.max(bankrupt, position.entryValue - desk.ledger.walletUnits(close.account))
      : bankrupt;
    return Math.ceil(valueOfLots(value, lots, position.lots));
  }

  #charge(
    { instrument, terms, at }: { instrument: number; terms: AdlTerms; at: Micros },
    account: AccountId,
    value: number,
  ): void {
    const desk = this.#desk;
    const most = Math.floor(desk.worth(account));
    const units = Math.min(Math.round(Math.abs(value) * terms.feeRate), most);
    if (units <= 0) return;
    const to = desk.roles.venue;
    desk.pay(account, to, units);
    desk.emit({ kind: "fee", at, account, instrument, units, of: "adl", to });
  }
}

/** Throws IntegrityError for an allocation that cannot be, before anything of it is booked. */
function checkShares(
  shares: readonly AdlShare[],
  candidates: readonly AdlCandidate[],
  lots: number,
): void {
  const held = new Map(candidates.map((one) => [one.account, Math.abs(one.lots)]));
  const capacity = [...held.values()].reduce((sum, size) => sum + size, 0);
  let sum = 0;
  let isGood = true;
  for (const { account, lots: size } of shares) {
    const left = (held.get(account) ?? 0) - size;
    isGood &&= Number.isSafeInteger(size) && size > 0 && left >= 0;
    held.set(account, left);
    sum += size;
  }
  if (isGood && sum === Math.min(lots, capacity)) return;
  throw new IntegrityError(
    `An allocation of ${lots} lots gives ${sum}, and the candidates have ${capacity}`,
    { hints: ["Shares are whole, within positions, and sum to the lots as far as there are any."] },
  );
}

/**
 * Candidates by a look at every account of the ledger. `isExcluded`: accounts that are latched. Lots of a candidate, its equity and
 * maintenance are those of the moment.
 */
export const scanCandidates =
  (desk: LiquidationDesk, isExcluded: (account: AccountId) => boolean): AdlCandidateSource =>
  (instrument, side) => {
    const { ledger, model, marks } = desk;
    const isByPrevious = desk.termsOf(instrument).adl?.price === "previousMark";
    const candidates: AdlCandidate[] = [];
    for (let account = 0; account < ledger.accountCount; account += 1) {
      const lots = ledger.lots(account, instrument);
      if (lots === 0 || lots > 0 !== side > 0) continue;
      if (desk.isOutside(account) || isExcluded(account)) continue;
      const candidate = adlCandidateOf({ ledger, marks, margin: model }, account, instrument);
      if (candidate === undefined || !(candidate.equity > 0)) continue;
      if (!isByPrevious) candidates.push(candidate);
      else {
        const markValue = ledger.valueUnits(instrument, lots, desk.previousMark(instrument));
        candidates.push({ ...candidate, markValue });
      }
    }
    return candidates;
  };
