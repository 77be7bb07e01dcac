import { BUY, SELL, type Batch, type Instrument } from "@aftershock/schema";
import type { FeatureGroup } from "./featureGroup.ts";
import type { FeatureTable } from "./featureTable.ts";
import { TradedMoney } from "./tradedMoney.ts";

/** Forced orders of one side. */
class ForcedOrders {
  readonly #money: TradedMoney;
  count = 0;

  constructor(instrument: Instrument) {
    this.#money = new TradedMoney(instrument);
  }

  add(ticks: number, lots: number): void {
    this.count += 1;
    this.#money.add(ticks, lots);
  }

  endBar(table: FeatureTable): void {
    table.put(this.count);
    table.put(this.#money.size);
    table.put(this.#money.notional);
    this.count = 0;
    this.#money.clear();
  }
}

/** The columns of LIQUIDATION_DOCS of one instrument. */
export class LiquidationFeatures implements FeatureGroup {
  readonly #buys: ForcedOrders;
  readonly #sells: ForcedOrders;
  readonly #unknown: ForcedOrders;

  constructor(instrument: Instrument) {
    this.#buys = new ForcedOrders(instrument);
    this.#sells = new ForcedOrders(instrument);
    this.#unknown = new ForcedOrders(instrument);
  }

  take({ columns }: Batch<"liquidations">, from: number, to: number): void {
    const { side, price, size } = columns;
    for (let row = from; row < to; row += 1) {
      this.#ofSide(side[row]).add(price[row] ?? Number.NaN, size[row] ?? Number.NaN);
    }
  }

  #ofSide(side: number | undefined): ForcedOrders {
    if (side === BUY) return this.#buys;
    return side === SELL ? this.#sells : this.#unknown;
  }

  get isIdle(): boolean {
    return this.#buys.count + this.#sells.count + this.#unknown.count === 0;
  }

  endBar(table: FeatureTable): void {
    this.#buys.endBar(table);
    this.#sells.endBar(table);
    this.#unknown.endBar(table);
  }
}
