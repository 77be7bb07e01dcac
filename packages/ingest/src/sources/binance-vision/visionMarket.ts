import { ConfigError, isInstrumentName } from "@aftershock/schema";
import type { ReadHints } from "../../source.ts";
import type { VisionName } from "./visionName.ts";

/** A market of Binance, each a venue of its own. */
export type VisionVenue = "binance" | "binance-usdm" | "binance-coinm";

/** What the columns of a file leave open. */
export type VisionMarkets = "spot" | "futures" | "any";

const COIN_MARGINED = /^[A-Z0-9]+USD(?:_(?:PERP|\d{6}))?$/;

/** Which of the futures markets a symbol is of: BTCUSD_PERP, BTCUSD_240927 and the pair BTCUSD are COIN-M's. */
export const futuresVenue = (symbol: string): VisionVenue =>
  COIN_MARGINED.test(symbol) ? "binance-coinm" : "binance-usdm";

const SPOT_OR_USDM =
  "Say which with --venue binance (spot) or --venue binance-usdm (USD-M futures).";

function venueTold(markets: VisionMarkets, symbol: string): VisionVenue | undefined {
  if (markets === "spot") return "binance";
  const venue = futuresVenue(symbol);
  if (markets === "futures" || venue === "binance-coinm") return venue;
  // Only futures have names with a date of expiry.
  return /_\d{6}$/.test(symbol) ? venue : undefined;
}

/**
 * The venue of a symbol, from the markets that have a file's columns, the symbol's own form, and last what the user says. Throws
 * ConfigError when none of them tells, or what the user says contradicts the file.
 */
export function visionVenue(
  fileName: string,
  markets: VisionMarkets,
  symbol: string,
  hints: ReadHints,
): VisionVenue {
  const told = venueTold(markets, symbol);
  const { venue } = hints;
  if (venue === undefined) {
    if (told !== undefined) return told;
    throw new ConfigError(
      `${fileName}: ${symbol} could be of Binance spot or of USD-M futures, whose files look the same: --venue is needed`,
      { hints: [SPOT_OR_USDM] },
    );
  }
  if (venue !== "binance" && venue !== "binance-usdm" && venue !== "binance-coinm") {
    throw new ConfigError(`--venue ${venue}: ${fileName} is a file of Binance's archive`, {
      hints: ["Its venues are binance, binance-usdm and binance-coinm."],
    });
  }
  if (told !== undefined && told !== venue) {
    throw new ConfigError(`--venue ${venue}: ${fileName} is of ${told}, as its rows show`, {
      hints: ["Leave --venue out where the file tells its market itself."],
    });
  }
  return venue;
}

/** A symbol with what its bars are of where that is not trades, e.g. `BTCUSDT` and `mark`. */
export interface VisionSymbol {
  readonly symbol: string;
  readonly series: string | undefined;
}

/** `BTCUSDT@mark` in its parts. */
export function splitSeries(text: string): VisionSymbol {
  const at = text.indexOf("@");
  return at <= 0
    ? { symbol: text, series: undefined }
    : { symbol: text.slice(0, at), series: text.slice(at + 1) };
}

/**
 * The symbol of a file whose rows name none: from the file's name, else from the user, who may add the series of its bars
 * (`BTCUSDT@mark`). Throws ConfigError when neither names it, or they contradict each other.
 */
export function visionSymbol(
  fileName: string,
  name: VisionName | undefined,
  hints: ReadHints,
): VisionSymbol {
  const given = hints.symbol === undefined ? undefined : splitSeries(hints.symbol);
  if (name !== undefined && given !== undefined && given.symbol !== name.symbol) {
    throw new ConfigError(
      `--symbol ${hints.symbol}: ${fileName} is of ${name.symbol} by its name`,
      {
        hints: ["Leave --symbol out, or name the file that it is meant for."],
      },
    );
  }
  const symbol = given?.symbol ?? name?.symbol;
  if (symbol === undefined) {
    throw new ConfigError(
      `${fileName}: neither its rows nor its name say the symbol: --symbol is needed`,
      {
        hints: [
          "Add --symbol, e.g. --symbol BTCUSDT, or give the file the archive's name, e.g. BTCUSDT-aggTrades-2024-08-05.csv.",
        ],
      },
    );
  }
  if (!isInstrumentName("binance", symbol)) {
    throw new ConfigError(`${fileName}: "${symbol}" is not a symbol`, {
      hints: ["Name it with --symbol as Binance writes it, e.g. BTCUSDT."],
    });
  }
  return { symbol, series: given?.series };
}
