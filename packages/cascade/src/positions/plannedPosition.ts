import type { Instrument } from "@aftershock/schema";
import { Currency } from "../account/currency.ts";
import { Ledger } from "../account/ledger.ts";
import type { OwnOpening, Population, PopulationSource } from "../counterfactual/engineRun.ts";
import { scaledSchedule } from "../engine/currentMargin.ts";
import { MarginSlack } from "../margin/marginSlack.ts";
import { RuleMargin } from "../margin/ruleMargin.ts";
import type { RuleSet } from "../rules/ruleSet.ts";

/** A position that is to be liquidated at a mark. */
export interface PlannedPosition {
  readonly name: string;
  /** Signed, whole, not 0: positive long. */
  readonly lots: number;
  /** The mark at which it is liquidated under the recorded rules, ticks, not whole: a long's when the mark is below, a short's when it is above. */
  readonly trigger: number;
  /** Price at which it was opened, ticks, not whole. */
  readonly entry: number;
  /** When it was opened, µs; undefined: before the record began. */
  readonly opensAt: number | undefined;
}

/** How much more margin than needed accounts of one contract have, by a RuleSet without margin by volatility. */
export function slackBy(rules: RuleSet, ledger: Ledger, instrument: number): MarginSlack {
  const schedule = scaledSchedule(rules.margin, rules.maintenanceFactor);
  const margins = ledger.instruments.map((_, number) =>
    number === instrument ? { schedule } : {},
  );
  const takerRate = Math.max(0, rules.fees.tiers[0]?.takerRate ?? 0);
  return new MarginSlack({
    trigger: rules.liquidation.trigger,
    takerRates: ledger.instruments.map(() => takerRate),
    margin: new RuleMargin({ ledger, margins }),
  });
}

/** A ledger of one contract. */
export const ledgerOf = (instrument: Instrument): Ledger =>
  new Ledger({ currency: new Currency(instrument.settle), instruments: [instrument] });

/** Opens the accounts with a part to play, all of them empty. */
export function openRoles(ledger: Ledger): Omit<Population, "instrument"> {
  const [world, fund, venue, vault] = [
    ledger.open("world"),
    ledger.open("fund"),
    ledger.open("venue"),
    ledger.open("vault"),
  ];
  return { ledger, world, fund, venue, vault };
}

/** A population like one whose fund is empty, in a ledger of its own, with the fund of the rules. */
export function fundedCopy(empty: Population, rules: Pick<RuleSet, "insuranceFund">): Population {
  const ledger = empty.ledger.copy();
  ledger.deposit(empty.fund, ledger.currency.units(rules.insuranceFund));
  return { ...empty, ledger };
}

/**
 * Accounts with one position each, against the rest of the world, and as much money as makes the margin of `recorded` meet the trigger at the planned mark. Entry and money are not identified one by one: the trigger and the size
 * are all that decides when a position is closed, and at what mark it is bankrupt. Throws ConfigError for sizes for which no margin is known.
 */
export function plannedPopulation(
  instrument: Instrument,
  recorded: RuleSet,
  plan: readonly PlannedPosition[],
): PopulationSource {
  const open = (): Population => {
    const ledger = ledgerOf(instrument);
    const roles = openRoles(ledger);
    const slack = slackBy(recorded, ledger, 0);
    const openings: OwnOpening[] = [];
    for (const { name, lots, trigger, entry, opensAt } of plan) {
      const account = ledger.open(name);
      // Rounded down, so that the trigger is not missed by a fraction of a unit.
      const cash = Math.floor(-slack.part(0, lots, trigger));
      if (opensAt === undefined) {
        const [buyer, seller] = lots > 0 ? [account, roles.world] : [roles.world, account];
        ledger.exchange({ buyer, seller, instrument: 0, lots: Math.abs(lots), price: entry });
        ledger.deposit(account, cash - ledger.cash(account));
      } else {
        const paid = Math.sign(lots) * Math.round(ledger.valueUnits(0, Math.abs(lots), entry));
        ledger.deposit(account, cash + paid);
        openings.push({ at: opensAt, account, lots });
      }
    }
    openings.sort((a, b) => a.at - b.at);
    return { ...roles, instrument: 0, openings };
  };
  let opened: Population | undefined;
  return (rules) => fundedCopy((opened ??= open()), rules);
}
