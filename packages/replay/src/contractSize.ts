import { stepsToNumber, type Instrument } from "@aftershock/schema";

/** A price and a size of an instrument, in whole ticks and lots. */
export interface PricedSize {
  readonly price: number;
  readonly size: number;
}

const contracts = ({ lot, multiplier }: Instrument, { size }: PricedSize): number =>
  stepsToNumber(size, lot) * multiplier;

const priceOf = ({ tick }: Instrument, { price }: PricedSize): number => stepsToNumber(price, tick);

/**
 * A size in base currency. Linear: size × multiplier. Inverse, whose size is in quote currency: size × multiplier / price.
 * Quanto and unknown contracts are taken as linear, which for a quanto is the nominal amount of its underlying.
 */
export const baseSize = (instrument: Instrument, priced: PricedSize): number =>
  instrument.contract === "inverse"
    ? contracts(instrument, priced) / priceOf(instrument, priced)
    : contracts(instrument, priced);

/** A size in quote currency. Linear: size × multiplier × price. Inverse: size × multiplier. Others as linear. */
export const quoteSize = (instrument: Instrument, priced: PricedSize): number =>
  instrument.contract === "inverse"
    ? contracts(instrument, priced)
    : contracts(instrument, priced) * priceOf(instrument, priced);
