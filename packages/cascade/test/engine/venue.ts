import { type Micros, micros, MICROS_PER_SECOND } from "@aftershock/schema";
import { Currency } from "../../src/account/currency.ts";
import { type AccountId, Ledger } from "../../src/account/ledger.ts";
import { RuledEngine } from "../../src/engine/ruledEngine.ts";
import type { LiquidationEvent } from "../../src/liquidation/liquidationEvent.ts";
import type { LiquidationMarket } from "../../src/liquidation/liquidationMarket.ts";
import type { RuleSet } from "../../src/rules/ruleSet.ts";
import { PERPETUAL, RULES } from "../counterfactual/world.ts";

/** One percent of maintenance margin, everything sold at once, no fees, no throttle, no ADL, and a mark that is handed over. */
export const BARE: RuleSet = {
  ...RULES,
  fees: { tiers: [{ name: "base", makerRate: 0, takerRate: 0 }] },
  liquidationFee: { rate: 0, isMaximum: false, paidTo: undefined },
  insurance: { ...RULES.insurance, takesSurplus: undefined },
  mark: { kind: "oracle" },
  insuranceFund: 1_000,
  throttlePerSecond: undefined,
};

/** A position from 10,000 against the rest of the world, and the money of its account, USDT. */
export interface Holder {
  /** Signed lots of 0.001 BTC. */
  readonly lots: number;
  readonly money: number;
}

export interface VenueOptions {
  readonly rules?: Partial<RuleSet>;
  readonly holders: readonly Holder[];
  /** Prices, quote currency, at which each forced order is filled in equal parts; default: whole at the mark. None: nothing is. */
  readonly fills?: readonly number[];
}

/** A venue with a fund, a vault and an engine by rules; forced orders meet the rest of the world. */
export function ruledVenue({ rules = {}, holders, fills }: VenueOptions) {
  const ledger = new Ledger({ currency: new Currency("USDT"), instruments: [PERPETUAL] });
  const [world, fund, venue, vault] = [
    ledger.open("world"),
    ledger.open("fund"),
    ledger.open("venue"),
    ledger.open("vault"),
  ];
  const all: RuleSet = { ...BARE, ...rules };
  ledger.deposit(fund, ledger.currency.units(all.insuranceFund));
  const trade = (account: AccountId, lots: number, price: number): void => {
    const [buyer, seller] = lots > 0 ? [account, world] : [world, account];
    const ticks = ledger.ticksOf(0, price);
    ledger.exchange({ buyer, seller, instrument: 0, lots: Math.abs(lots), price: ticks });
  };
  const accounts = holders.map(({ lots, money }) => {
    const id = ledger.open();
    trade(id, lots, 10_000);
    ledger.deposit(id, ledger.currency.units(money));
    return id;
  });
  const events: LiquidationEvent[] = [];
  const market: LiquidationMarket = {
    take: ({ lots, instrument }) => {
      const prices = fills?.map((price) => ledger.ticksOf(0, price)) ?? [
        engine.marks.ticks(instrument),
      ];
      return prices.map((price) => ({ price, lots: lots / prices.length, counterparty: world }));
    },
    cancelOrders: () => undefined,
  };
  const engine = new RuledEngine({
    rules: all,
    ledger,
    instrument: 0,
    market,
    accounts: { fund, venue, vault, exempt: [world] },
    startPrice: 10_000,
    onEvent: (event) => {
      ledger.check();
      events.push(event);
    },
  });
  return {
    ledger,
    engine,
    events,
    accounts,
    world,
    fund,
    venue,
    vault,
    trade,
    /** A mark at a time in seconds. */
    mark: (seconds: number, price: number): void => engine.step(at(seconds), price),
    of: <K extends LiquidationEvent["kind"]>(kind: K) =>
      events.filter(
        (event): event is Extract<LiquidationEvent, { kind: K }> => event.kind === kind,
      ),
    cash: (account: AccountId): number => ledger.currency.amount(ledger.cash(account)),
    held: (): number => accounts.reduce((sum, id) => sum + Math.abs(ledger.lots(id, 0)), 0),
  };
}

/** µs of seconds. */
export const at = (seconds: number): Micros => micros(Math.round(seconds * MICROS_PER_SECOND));
