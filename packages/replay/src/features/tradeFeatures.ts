import { BUY, SELL, stepsToNumber, type Batch, type Instrument } from "@aftershock/schema";
import type { FeatureGroup } from "./featureGroup.ts";
import type { FeatureTable } from "./featureTable.ts";
import { TradedMoney } from "./tradedMoney.ts";

/** Places of the figures of a bar: how many trades; lots by aggressor; prices, ticks. */
const COUNT = 0;
const BOUGHT = 1;
const SOLD = 2;
const UNKNOWN = 3;
const OPEN = 4;
const HIGH = 5;
const LOW = 6;
const CLOSE = 7;

const volumeOf = (side: number | undefined): number => {
  if (side === BUY) return BOUGHT;
  return side === SELL ? SOLD : UNKNOWN;
};

/** The columns of TRADE_DOCS of one instrument. */
export class TradeFeatures implements FeatureGroup {
  readonly #instrument: Instrument;
  readonly #money: TradedMoney;
  readonly #bar = new Float64Array(8);

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
    this.#money = new TradedMoney(instrument);
  }

  take({ columns }: Batch<"trades">, from: number, to: number): void {
    const { side, price, size } = columns;
    const bar = this.#bar;
    for (let row = from; row < to; row += 1) {
      const ticks = price[row] ?? Number.NaN;
      const lots = size[row] ?? Number.NaN;
      const volume = volumeOf(side[row]);
      const isFirst = bar[COUNT] === 0;
      if (isFirst) bar[OPEN] = ticks;
      if (isFirst || ticks > (bar[HIGH] ?? 0)) bar[HIGH] = ticks;
      if (isFirst || ticks < (bar[LOW] ?? 0)) bar[LOW] = ticks;
      bar[CLOSE] = ticks;
      bar[COUNT] = (bar[COUNT] ?? 0) + 1;
      bar[volume] = (bar[volume] ?? 0) + lots;
      this.#money.add(ticks, lots);
    }
  }

  get isIdle(): boolean {
    return this.#bar[COUNT] === 0;
  }

  endBar(table: FeatureTable): void {
    const { lot, tick } = this.#instrument;
    const bar = this.#bar;
    table.put(bar[COUNT] ?? 0);
    for (const volume of [BOUGHT, SOLD, UNKNOWN]) table.put(stepsToNumber(bar[volume] ?? 0, lot));
    table.put(this.#money.notional);
    if (this.isIdle) table.skip(5);
    else {
      table.put(this.#money.meanPrice);
      for (const price of [OPEN, HIGH, LOW, CLOSE]) {
        table.put(stepsToNumber(bar[price] ?? Number.NaN, tick));
      }
    }
    bar.fill(0);
    this.#money.clear();
  }
}
