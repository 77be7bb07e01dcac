import { IntegrityError } from "@aftershock/schema";

/** A slice of a data set: a day (or the first of a month), and which hour of it. */
export interface SliceTime {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** 0 … 23; 0 where the slice is a day or a month. */
  readonly hour: number;
  /** Start and end of the slice, ms since the epoch; the end exclusive. */
  readonly startMs: number;
  readonly endMs: number;
}

/** OKX keeps all dated contracts of a family in one file, and all its options in another. */
function okxFile(symbol: string): string {
  const [, family, option] = /^(.+)-\d{6}(-\d+(?:\.\d+)?-[CP])?$/.exec(symbol) ?? [];
  if (family === undefined) return symbol;
  return `${family}-${option === undefined ? "futureschain" : "optionchain"}`;
}

/** Bybit's word for how a derivative pays, from its symbol: BTCUSD and BTCUSDZ24 are inverse. */
const bybitKind = (symbol: string): string =>
  /USD(?:[FGHJKMNQUVXZ]\d{2})?$/.test(symbol) ? "inverse" : "linear";

/** Everything that may stand in braces in an address. */
export function addressWords(
  symbol: string,
  { day, hour, startMs, endMs }: SliceTime,
  interval: string,
): Readonly<Record<string, string>> {
  const [year = "", month = "", ofMonth = ""] = day.split("-");
  return {
    symbol,
    SYMBOL: symbol.toUpperCase(),
    // Up to the first _: COIN-M index prices are those of the pair.
    pair: symbol.replace(/_.*$/, ""),
    // Up to the first - or _: what Deribit's indices are named for.
    coin: symbol.replace(/[-_].*$/, ""),
    okxFile: okxFile(symbol),
    bybitKind: bybitKind(symbol),
    YYYY: year,
    MM: month,
    DD: ofMonth,
    H: String(hour),
    HH: String(hour).padStart(2, "0"),
    startMs: String(startMs),
    endMs: String(endMs),
    // For bars: that which opens when the slice ends is of the next.
    lastMs: String(endMs - 1),
    interval,
  };
}

/** Fills the words in braces of a template in, each as `encode` gives it. */
export function fillAddress(
  template: string,
  words: Readonly<Record<string, string>>,
  encode: (word: string) => string = (word) => word,
): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const word = words[name];
    if (word === undefined) throw new IntegrityError(`Invariant: no {${name}} for ${template}`);
    return encode(word);
  });
}
