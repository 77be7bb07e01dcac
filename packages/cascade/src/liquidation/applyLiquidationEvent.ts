import type { AccountId, Ledger } from "../account/ledger.ts";
import type { LiquidationEvent } from "./liquidationEvent.ts";

/** Lots and who took them. */
interface Passed {
  readonly account: AccountId;
  readonly instrument: number;
  readonly lots: number;
  readonly price: number;
}

function pass(ledger: Ledger, { account, instrument, lots, price }: Passed, to: AccountId): void {
  const [buyer, seller] = lots > 0 ? [to, account] : [account, to];
  ledger.exchange({ buyer, seller, instrument, lots: Math.abs(lots), price });
}

/** Books what an event says in another ledger: all events, in order, take a ledger from where it was to where the engine's is. */
export function applyLiquidationEvent(ledger: Ledger, event: LiquidationEvent): void {
  switch (event.kind) {
    case "fill":
    case "adl":
      pass(ledger, event, event.counterparty);
      return;
    case "takenOver":
    case "backstopped":
      pass(ledger, event, event.by);
      return;
    case "fee":
    case "surplusTaken":
      ledger.transfer(event.account, event.to, event.units);
      return;
    case "insurancePaid":
    case "socialised":
    case "defaultFundPaid":
      ledger.transfer(event.from, event.account, event.units);
      return;
    case "badDebt":
      ledger.transfer(event.creditor, event.account, event.units);
      return;
    case "triggered":
    case "cancelled":
    case "forcedOrder":
    case "released":
    case "closed":
      return;
    default:
      event satisfies never;
  }
}
