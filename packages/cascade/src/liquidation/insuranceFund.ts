import { ConfigError, type Micros, MICROS_PER_SECOND } from "@aftershock/schema";
import type { AccountId, Position } from "../account/ledger.ts";
import type { AdlTrigger } from "../rules/adlRule.ts";
import type { LiquidationDesk } from "./liquidationDesk.ts";
import type { AdlTerms, InstrumentTerms } from "./liquidationTerms.ts";

interface Balance {
  readonly at: Micros;
  readonly units: number;
}

/**
 * An insurance fund: an account that takes positions over and pays debts, and never more than it has.
 *
 * What it has is the lesser of its wallet (what is realised) and its worth at the marks, so that neither goes below zero by what it does. It
 * serves who comes first: once it could not take a position whole it takes no other until marks have moved, so that nobody overtakes
 * and a fund with more never serves fewer.
 *
 * Wrong where a venue moves money between its funds or adds its own in a crash: deposit that into the account. Its positions lose at marks
 * that move on; FundInventory sees to that.
 */
export class InsuranceFund {
  readonly account: AccountId;
  readonly #desk: LiquidationDesk;
  readonly #overMicros: number;
  /** Balances that are the highest from their time on, falling: the first is the peak of the window. */
  readonly #peaks: Balance[] = [];
  #isExhausted = false;

  /** `overSeconds`: how long peaks are remembered, the longest window of a trigger that looks at them; 0: not at all. */
  constructor(desk: LiquidationDesk, account: AccountId, overSeconds: number) {
    this.account = account;
    this.#desk = desk;
    this.#overMicros = overSeconds * MICROS_PER_SECOND;
  }

  /** What it has realised, whole units: the balance that venues publish. */
  get wallet(): number {
    return this.#desk.ledger.walletUnits(this.account);
  }

  /** What it can pay, whole units, 0 or more. */
  get available(): number {
    const { ledger } = this.#desk;
    const wallet = ledger.walletUnits(this.account);
    if (ledger.positions(this.account).length === 0) return Math.max(0, wallet);
    return Math.max(0, Math.floor(Math.min(wallet, this.#desk.worth(this.account))));
  }

  /** Marks have moved: it may take positions again. */
  marksMoved(at: Micros): void {
    this.#isExhausted = false;
    this.observe(at);
  }

  /** Remembers what it has for `drawdown`. */
  observe(at: Micros): void {
    if (this.#overMicros === 0) return;
    const units = this.available;
    while ((this.#peaks.at(-1)?.units ?? Number.POSITIVE_INFINITY) <= units) this.#peaks.pop();
    this.#peaks.push({ at, units });
    while ((this.#peaks[0]?.at ?? at) < at - this.#overMicros) this.#peaks.shift();
  }

  /** How far what it has is below the peak of the window, a fraction; 1 for a fund that had nothing. */
  get drawdown(): number {
    const peak = this.#peaks[0]?.units ?? 0;
    return peak > 0 ? 1 - this.available / peak : 1;
  }

  /**
   * Whether ADL takes the place of this fund, by the triggers that look at the fund and not at the loss. `poolProfitRatio` is Bybit's (profit of the
   * symbol − its peak) / peak of the pool, read for a pool that pays for one contract: minus the drawdown.
   */
  isReplaced({ triggers, fundThresholdUnits = 0 }: AdlTerms): boolean {
    return triggers.some((trigger) => {
      if (trigger.kind === "fundDrawdown") return this.drawdown >= trigger.share;
      if (trigger.kind === "fundBelowThreshold") return this.available < fundThresholdUnits;
      if (trigger.kind === "poolProfitRatio") {
        return this.available > fundThresholdUnits && -this.drawdown < trigger.below;
      }
      return false;
    });
  }

  /** How many of the lots it can take over for their share of `value` units, whole, 0 or more; see the class for when it takes none. */
  takeable(position: Position, value: number, maximumNotionalShare: number | undefined): number {
    if (this.#isExhausted) return 0;
    const lots = Math.abs(position.lots);
    const possible = Math.min(
      this.#affordable(position, value),
      this.#withinNotional(position, maximumNotionalShare),
    );
    this.#isExhausted = possible < lots;
    return Math.max(0, Math.min(lots, possible));
  }

  #affordable(position: Position, value: number): number {
    const lots = Math.abs(position.lots);
    const { available } = this;
    const lossPerLot = (value - this.#desk.valueAtMark(position)) / lots;
    const byWorth = lossPerLot > 0 ? Math.floor(available / lossPerLot) : lots;
    // Lots that close what it holds are realised at once.
    const held = this.#desk.ledger.position(this.account, position.instrument);
    if (held === undefined || held.lots > 0 === position.lots > 0) return byWorth;
    const realisedPerLot = -value / lots - held.entryValue / Math.abs(held.lots);
    if (realisedPerLot >= 0) return byWorth;
    const byWallet = Math.floor(available / -realisedPerLot);
    return byWallet >= Math.abs(held.lots) ? byWorth : Math.min(byWorth, byWallet);
  }

  /** Lots until its net notional is the bound's share of its wallet. */
  #withinNotional({ instrument, lots }: Position, maximumShare: number | undefined): number {
    if (maximumShare === undefined) return Math.abs(lots);
    const { ledger, marks } = this.#desk;
    const perLot = Math.abs(ledger.valueUnits(instrument, 1, marks.ticks(instrument)));
    const held = ledger.lots(this.account, instrument) * Math.sign(lots);
    return Math.floor((maximumShare * Math.max(0, this.wallet)) / perLot) - held;
  }
}

/** How long the triggers of ADL look back, seconds. */
const windowOf = (triggers: readonly AdlTrigger[]): number =>
  Math.max(0, ...triggers.map((trigger) => ("overSeconds" in trigger ? trigger.overSeconds : 0)));

/** The funds of all instruments, each once, by account. Throws ConfigError for one that begins below zero. */
export function fundsOf(
  desk: LiquidationDesk,
  terms: readonly InstrumentTerms[],
): ReadonlyMap<AccountId, InsuranceFund> {
  const windows = new Map<AccountId, number>();
  for (const { fund, adl } of terms) {
    if (fund === undefined) continue;
    if (desk.ledger.walletUnits(fund) < 0) {
      throw new ConfigError(`The insurance fund ${fund} begins below zero`, {
        hints: ["Deposit into its account first."],
      });
    }
    windows.set(fund, Math.max(windows.get(fund) ?? 0, windowOf(adl?.triggers ?? [])));
  }
  return new Map(
    [...windows].map(([fund, seconds]) => [fund, new InsuranceFund(desk, fund, seconds)]),
  );
}
