import { CALL, PUT, type Decimal } from "@aftershock/schema";
import type { RawRow } from "../../source.ts";
import { percentToFraction } from "../candles/fundingRate.ts";
import {
  choiceField,
  decimalOf,
  optionalReal,
  realOf,
  sizeOf,
  textField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { utcField } from "../read/utcTime.ts";

/** An option of the evidence, its place in the message not yet known. */
export type EvidenceOption = Omit<RawRow<"options">, "flags"> & {
  readonly strike: number;
  readonly expiry: number;
};

/** A premium; 0 says that nobody quotes. */
function premiumField(data: JsonObject, name: string): Decimal | undefined {
  const value = data[name];
  if (value === undefined || value === null) return undefined;
  const premium = decimalOf(value, name);
  if (premium.mantissa < 0) throw wrongField(name, value, "a premium of zero or more");
  return premium.mantissa === 0 ? undefined : premium;
}

function amountField(data: JsonObject, name: string): Decimal | undefined {
  const value = data[name];
  return value === undefined || value === null ? undefined : sizeOf(value, name);
}

/** A volatility in percent, as a fraction. */
function volatilityField(data: JsonObject, name: string): number | undefined {
  const percent = optionalReal(data, name);
  return percent === undefined ? undefined : percentToFraction(percent);
}

function strikeField(data: JsonObject): number {
  const strike = realOf(data["strikePrice"], "strikePrice");
  if (strike > 0) return strike;
  throw wrongField("strikePrice", strike, "a price above zero");
}

/** A text that older evidence does not have. */
const optionalText = (data: JsonObject, name: string): string | undefined =>
  data[name] === undefined ? undefined : textField(data, name);

/** Reads an option of the evidence. Throws DataError for a bad field. */
export function readEvidenceOption(data: JsonObject, tsRecv: number): EvidenceOption {
  return {
    line: 1,
    tsEvent: utcField(data, "timestamp"),
    tsRecv,
    optionSymbol: textField(data, "symbol"),
    right: choiceField(data, "optionType", [
      ["call", CALL],
      ["put", PUT],
    ]),
    strike: strikeField(data),
    expiry: utcField(data, "expirationDate"),
    bidPrice: premiumField(data, "bestBidPrice"),
    bidSize: amountField(data, "bestBidAmount"),
    askPrice: premiumField(data, "bestAskPrice"),
    askSize: amountField(data, "bestAskAmount"),
    lastPrice: optionalReal(data, "lastPrice"),
    markPrice: optionalReal(data, "markPrice"),
    bidIv: volatilityField(data, "bestBidIV"),
    askIv: volatilityField(data, "bestAskIV"),
    markIv: volatilityField(data, "markIV"),
    underlying: optionalText(data, "underlyingIndex"),
    underlyingPrice: optionalReal(data, "underlyingPrice"),
    delta: optionalReal(data, "delta"),
    gamma: optionalReal(data, "gamma"),
    vega: optionalReal(data, "vega"),
    theta: optionalReal(data, "theta"),
    rho: optionalReal(data, "rho"),
    openInterest: optionalReal(data, "openInterest"),
  };
}

/** By expiry, strike, put before call. */
export const byChain = (a: EvidenceOption, b: EvidenceOption): number =>
  a.expiry - b.expiry || a.strike - b.strike || a.right - b.right;
