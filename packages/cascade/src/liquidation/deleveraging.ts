import { IntegrityError, type Micros } from "@aftershock/schema";
import type { AccountId, Ledger, Position } from "../account/ledger.ts";
import type { AdlPrice } from "../rules/adlRule.ts";
import { type AdlCandidate, adlCandidateOf } from "./adl/adlCandidate.ts";
import type { AdlShare } from "./adl/allocateAdl.ts";
import { AdlQueue } from "./adlQueue.ts";
import { valueOfLots } from "./bankruptcy.ts";
import type { LiquidationDesk } from "./liquidationDesk.ts";
import type { AdlTerms } from "./liquidationTerms.ts";
import type { LossWaterfall } from "./waterfall.ts";

/** Who may be deleveraged: all holders of the other side of an instrument. `side`: 1 longs, −1 shorts. */
export type AdlCandidateSource = (instrument: number, side: 1 | -1) => readonly AdlCandidate[];

/** The candidate that an account is in an instrument now, on one side; undefined where it is none. */
export type AdlCandidateOf = (
  account: AccountId,
  instrument: number,
  side: 1 | -1,
) => AdlCandidate | undefined;

/** Where candidates come from: a list of them that is made anew each time, or one by one, as a queue that is kept needs them. */
export type AdlCandidates =
  | { readonly kind: "list"; readonly list: AdlCandidateSource }
  | { readonly kind: "each"; readonly of: AdlCandidateOf };

/**
 * Auto-deleveraging: lots of an account that found no other taker are closed against positions of the other side, chosen by the venue's
 * ranking, at the rule's price. The lots that counterparties give up are the lots that are closed, exactly.
 *
 * At the bankruptcy price nothing is left of the account and nothing is lacking; at a mark what is lacking is paid by the waterfall.
 * Candidates are those of the moment, as the marks are then; a venue's queue is kept while marks stand, and only accounts that have changed are looked at again. Accounts that are latched themselves, that have no equity left, or that have a
 * part to play (see LiquidationRoles) are none. Venues update their ranks now and then (Binance every 30 minutes): a rank that is seen
 * may differ from the one that is used here.
 */
export class Deleveraging {
  readonly #desk: LiquidationDesk;
  readonly #waterfall: LossWaterfall;
  readonly #candidates: AdlCandidates;
  /** By instrument and side; of the engine's call that is under way. */
  readonly #queues = new Map<number, AdlQueue>();

  constructor(desk: LiquidationDesk, waterfall: LossWaterfall, candidates: AdlCandidates) {
    this.#desk = desk;
    this.#waterfall = waterfall;
    this.#candidates = candidates;
    desk.onChanged.push((account) => {
      if (this.#queues.size === 0) return;
      for (const queue of this.#queues.values()) queue.changed(account);
    });
  }

  /** Marks, margin or accounts may have changed in ways that the desk does not see: queues are made anew. */
  forgetQueues(): void {
    if (this.#queues.size > 0) this.#queues.clear();
  }

  /** Closes as much of a position as there are lots on the other side; returns how many lots were closed. */
  close(account: AccountId, position: Position, how: { at: Micros; price?: AdlPrice }): number {
    const { instrument, lots } = position;
    const terms = this.#desk.termsOf(instrument).adl;
    if (terms === undefined) return 0;
    const shares = this.#sharesOf(Math.abs(lots), { instrument, side: lots > 0 ? -1 : 1, terms });
    if (shares.length === 0) return 0;
    const price = how.price ?? this.#priceOf(account, position, terms);
    let closed = 0;
    for (const share of shares) {
      this.#book({ account, instrument, terms, price, at: how.at }, share);
      closed += share.lots;
    }
    return closed;
  }

  /** Who of a side gives up how much of so many lots. */
  #sharesOf(
    lots: number,
    of: { readonly instrument: number; readonly side: 1 | -1; readonly terms: AdlTerms },
  ): readonly AdlShare[] {
    const { instrument, side, terms } = of;
    const source = this.#candidates;
    const { score } = terms.allocate;
    if (source.kind === "each" && score !== undefined) {
      return this.#queueOf(source.of, { instrument, side, score }).take(lots);
    }
    const candidates =
      source.kind === "list"
        ? source.list(instrument, side)
        : listCandidates(source.of, this.#desk.ledger, { instrument, side });
    if (candidates.length === 0) return [];
    const shares = terms.allocate(lots, candidates);
    checkShares(shares, candidates, lots);
    return shares;
  }

  #queueOf(
    candidateOf: AdlCandidateOf,
    of: { instrument: number; side: 1 | -1; score: (candidate: AdlCandidate) => number },
  ): AdlQueue {
    const { instrument, side, score } = of;
    const key = 2 * instrument + (side > 0 ? 1 : 0);
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      const { accountCount } = this.#desk.ledger;
      const candidate = (account: AccountId) => candidateOf(account, instrument, side);
      queue = new AdlQueue({ accountCount, candidateOf: candidate, score });
      this.#queues.set(key, queue);
    }
    return queue;
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
 * What candidate an account of the ledger is at the moment. `isExcluded`: accounts that are latched. Lots of a candidate, its equity and
 * maintenance are those of the moment.
 */
export const candidateFrom =
  (desk: LiquidationDesk, isExcluded: (account: AccountId) => boolean): AdlCandidateOf =>
  (account, instrument, side) => {
    const { ledger, model, marks } = desk;
    const lots = ledger.lots(account, instrument);
    if (lots === 0 || lots > 0 !== side > 0) return undefined;
    if (desk.isOutside(account) || isExcluded(account)) return undefined;
    const candidate = adlCandidateOf({ ledger, marks, margin: model }, account, instrument);
    if (candidate === undefined || !(candidate.equity > 0)) return undefined;
    if (desk.termsOf(instrument).adl?.price !== "previousMark") return candidate;
    const markValue = ledger.valueUnits(instrument, lots, desk.previousMark(instrument));
    return { ...candidate, markValue };
  };

/** All candidates of a side, by a look at every account. */
function listCandidates(
  candidateOf: AdlCandidateOf,
  { accountCount }: Ledger,
  { instrument, side }: { instrument: number; side: 1 | -1 },
): readonly AdlCandidate[] {
  const candidates: AdlCandidate[] = [];
  for (let account = 0; account < accountCount; account += 1) {
    const candidate = candidateOf(account, instrument, side);
    if (candidate !== undefined) candidates.push(candidate);
  }
  return candidates;
}
