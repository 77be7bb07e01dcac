import { ConfigError, isInstrumentName } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { InstrumentTerms, ReadHints } from "../../source.ts";

/** The spot market. */
export const SPOT = "kraken";
/** The futures market, once Crypto Facilities. */
export const FUTURES = "kraken-futures";

const QUOTES = "USDT|USDC|USDQ|USDR|PYUSD|RLUSD|USD|EURC|EUR|GBP|CAD|JPY|AUD|CHF|DAI|XBT|ETH|DOT";
const LEGACY = /^X([A-Z]{3})[XZ]([A-Z]{3})$/;
const ALTERNATIVE = new RegExp(`^([A-Z0-9.]+?)(${QUOTES})$`);

/**
 * A pair as the venue's streams write it, with `-` for `/`: XXBTZUSD and XBTUSD are XBT-USD. The oldest currencies have an X or a Z
 * before them in the REST API. A name that is no pair of known currencies stays as it is; undefined for one that cannot be kept.
 */
export function krakenPair(name: string): string | undefined {
  const [, base, quote] = LEGACY.exec(name) ?? ALTERNATIVE.exec(name) ?? [];
  const pair = base === undefined || quote === undefined ? name : `${base}-${quote}`;
  const written = pair.replace("/", "-");
  return isInstrumentName(SPOT, written) ? written : undefined;
}

/** The pair of a file that names it nowhere but in its name (`XBTUSD_1.csv`), or that the user names. Throws ConfigError. */
export function pairOfFile(fileName: string, { symbol }: ReadHints): string {
  const named = /^([A-Z0-9.]+?)(?:_\d+)?\.csv(?:\.|$)/.exec(fileName)?.[1] ?? symbol;
  const pair = named === undefined ? undefined : krakenPair(named);
  if (pair !== undefined) return pair;
  throw new ConfigError(`${fileName}: its name does not say the pair: --symbol is needed`, {
    hints: [
      "Add --symbol, e.g. --symbol XBT-USD, or give the file Kraken's name, e.g. XBTUSD_1.csv.",
    ],
  });
}

const FAMILIES: Readonly<
  Record<string, readonly ["perpetual" | "future", "inverse" | "linear"] | undefined>
> = {
  PI: ["perpetual", "inverse"],
  FI: ["future", "inverse"],
  PF: ["perpetual", "linear"],
  FF: ["future", "linear"],
};

/** What is known of an instrument of Kraken: the table's word, else what its name says. Inverse contracts are 1 USD each. */
export function krakenTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  const known = terms(venue, symbol, at);
  if (known.contract !== "unknown") return known;
  if (venue === SPOT) {
    const [, base, quote] = /^([A-Z0-9.]+)-([A-Z0-9]+)$/.exec(symbol) ?? [];
    return base === undefined || quote === undefined
      ? known
      : { kind: "spot", contract: "linear", multiplier: 1, base, quote, settle: quote };
  }
  const [, family = "", base = ""] = /^([PF][IF])_([A-Z0-9]+)USD(?:_\d{6})?$/.exec(symbol) ?? [];
  const [kind, contract] = FAMILIES[family] ?? [];
  if (venue !== FUTURES || kind === undefined || contract === undefined) return known;
  const settle = contract === "inverse" ? base : "USD";
  return { kind, contract, multiplier: 1, base, quote: "USD", settle };
}
