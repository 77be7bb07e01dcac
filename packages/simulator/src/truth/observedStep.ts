import { ASK, BID, BUY } from "@aftershock/schema";
import { STEP_MICROS } from "../clock.ts";
import type { Market } from "../market/market.ts";

/** How far from the mid depth is counted, a fraction. */
const DEPTH_RANGE = 0.0025;
/** More lots than any book holds. */
const ALL = 2 ** 52;

/** The perpetual's market after a step. Prices are quote currency, but for bid and ask, which are ticks. */
export interface ObservedStep {
  /** End of the step, µs. */
  at: number;
  /** NaN where a side is empty. */
  bid: number;
  ask: number;
  mark: number;
  index: number;
  last: number;
  /** What rests within 25 basis points of the mid, quote currency. */
  depthBid: number;
  depthAsk: number;
  /** What takers bought less what they sold in the step, quote currency: the engine's forced orders, and all others'. */
  forcedSigned: number;
  othersSigned: number;
}

/** An account that can be liquidated or deleveraged, as it stands when the recording starts. */
export interface StartingAccount {
  /** Its number in the ledger, and its name in the recorded positions. */
  readonly account: number;
  readonly name: string;
  /** Signed. */
  readonly lots: number;
  /** Whole units, signed as a ledger's. */
  readonly entryValue: number;
  readonly cash: number;
}

/** Looks at a market after each step. */
export class StepWatch {
  readonly #market: Market;
  readonly #from: number;
  readonly #state: ObservedStep = {
    at: 0,
    bid: Number.NaN,
    ask: Number.NaN,
    mark: 0,
    index: 0,
    last: 0,
    depthBid: 0,
    depthAsk: 0,
    forcedSigned: 0,
    othersSigned: 0,
  };

  /** `from`: when the recording starts, µs. */
  constructor(market: Market, from: number) {
    this.#market = market;
    this.#from = from;
  }

  /** The state after a step of the recording, which is overwritten by the next. */
  take(step: number): ObservedStep {
    const { perpetual, oracle } = this.#market;
    const { book, midUsd, tickUsd, lotUsd, fills } = perpetual;
    const state = this.#state;
    const midTicks = midUsd / tickUsd;
    state.at = this.#from + (step + 1) * STEP_MICROS;
    state.bid = book.best(BID) ?? Number.NaN;
    state.ask = book.best(ASK) ?? Number.NaN;
    state.mark = oracle.mark;
    state.index = oracle.index;
    state.last = perpetual.lastTrade * tickUsd;
    state.depthBid = book.fillable(ASK, ALL, midTicks * (1 - DEPTH_RANGE)) * lotUsd;
    state.depthAsk = book.fillable(BID, ALL, midTicks * (1 + DEPTH_RANGE)) * lotUsd;
    let forced = 0;
    let others = 0;
    for (let fill = 0; fill < fills.length; fill += 1) {
      const signed = (fills.side[fill] === BUY ? 1 : -1) * (fills.lots[fill] ?? 0);
      if (fills.forced[fill] === 1) forced += signed;
      else others += signed;
    }
    state.forcedSigned = forced * lotUsd;
    state.othersSigned = others * lotUsd;
    return state;
  }
}

/** All accounts that hold a position and can be liquidated or deleveraged. */
export const startingAccounts = ({
  ledger,
  perpetual,
  carriers,
  accounts,
}: Market): readonly StartingAccount[] =>
  [...carriers, ...accounts.map(({ account }) => account)].flatMap((account) => {
    const position = ledger.position(account, perpetual.number);
    if (position === undefined) return [];
    const { lots, entryValue } = position;
    return [
      { account, name: ledger.nameOf(account), lots, entryValue, cash: ledger.cash(account) },
    ];
  });
