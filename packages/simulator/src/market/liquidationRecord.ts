import type { AccountId, LiquidationEvent } from "@aftershock/cascade";

/** What became of an account that the engine took up. */
export interface Liquidated {
  /** 1 for a long, −1 for a short. */
  readonly side: number;
  /** µs. */
  readonly triggeredAt: number;
  /** When it had no contracts left. */
  closedAt?: number;
}

/** Sums over all liquidations so far: lots, and whole units of money. */
export interface LiquidationSums {
  /** Lots that the fund or a vault took over, and that were closed by auto-deleveraging. */
  takenOverLots: number;
  deleveragedLots: number;
  /** What the insurance fund paid, what those who gained paid, and what nobody paid. */
  insurancePaid: number;
  socialised: number;
  badDebt: number;
}

/** Keeps what a liquidation engine does. */
export class LiquidationRecord {
  readonly sums: LiquidationSums = {
    takenOverLots: 0,
    deleveragedLots: 0,
    insurancePaid: 0,
    socialised: 0,
    badDebt: 0,
  };
  /** The last time that each account was taken up. */
  readonly accounts: Map<AccountId, Liquidated> = new Map();
  readonly #sideOf: (account: AccountId) => number;
  #events: LiquidationEvent[] = [];

  constructor(sideOf: (account: AccountId) => number) {
    this.#sideOf = sideOf;
  }

  /** What happened in the step, in order. */
  get events(): readonly LiquidationEvent[] {
    return this.#events;
  }

  /** A step begins. */
  begin(): void {
    if (this.#events.length > 0) this.#events = [];
  }

  take(event: LiquidationEvent): void {
    this.#events.push(event);
    const { sums } = this;
    switch (event.kind) {
      case "triggered":
        this.accounts.set(event.account, {
          side: this.#sideOf(event.account),
          triggeredAt: event.at,
        });
        break;
      case "closed": {
        const taken = this.accounts.get(event.account);
        if (taken !== undefined) taken.closedAt = event.at;
        break;
      }
      case "takenOver":
      case "backstopped":
        sums.takenOverLots += Math.abs(event.lots);
        break;
      case "adl":
        sums.deleveragedLots += Math.abs(event.lots);
        break;
      case "insurancePaid":
        sums.insurancePaid += event.units;
        break;
      case "socialised":
        sums.socialised += event.units;
        break;
      case "badDebt":
        sums.badDebt += event.units;
        break;
      case "cancelled":
      case "forcedOrder":
      case "fill":
      case "fee":
      case "surplusTaken":
      case "defaultFundPaid":
      case "released":
        break;
      default:
        event satisfies never;
    }
  }
}
