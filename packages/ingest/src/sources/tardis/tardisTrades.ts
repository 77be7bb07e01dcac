import {
  BUY,
  METHOD_MARKET,
  NO_SIDE,
  PRICE_BANKRUPTCY,
  PRICE_FILL,
  PRICE_LIMIT,
  SELL,
} from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import { TardisTradesBulk } from "./tardisBulk.fast.ts";
import { origin, noteEventTime, readHead, rowPerLine } from "./tardisHead.ts";

/**
 * Trades: `side` is the aggressor's. `unknown` stays unknown. The trade id is text, whatever the venue uses.
 */
export function tardisTrades(sink: RowSink): CsvHandler {
  const bulk = new TardisTradesBulk(sink);
  const plain = rowPerLine(sink, "trades", (row, head) => {
    const trade = {
      ...origin(head),
      tradeId: row.optionalText("id"),
      side: row.oneOf("side", { buy: BUY, sell: SELL, unknown: NO_SIDE }),
      price: row.decimal("price"),
      size: row.size("amount"),
    };
    bulk.follow(head, row.text("symbol"));
    return trade;
  });
  return { ...plain, bulk: (bytes, from, _to, number) => bulk.take(bytes, from, number) };
}

/**
 * What the price of a liquidation print is, by the start of Tardis's exchange id. Binance pushes the limit price of the forced
 * order (`p`, not the average `ap`), BitMEX that of the order in its book, OKX and Bybit the bankruptcy price; Deribit marks
 * trades, so the price is that of the fill.
 */
const PRICE_KINDS: readonly (readonly [prefix: string, priceKind: number])[] = [
  ["binance", PRICE_LIMIT],
  ["bitmex", PRICE_LIMIT],
  ["okex", PRICE_BANKRUPTCY],
  ["bybit", PRICE_BANKRUPTCY],
  ["deribit", PRICE_FILL],
];

const priceKindOf = (exchange: string): number | undefined =>
  PRICE_KINDS.find(([prefix]) => exchange.startsWith(prefix))?.[1];

/**
 * Liquidations: `side` is that of the forced order on every venue, for Tardis has turned it where the venue gives the side of
 * the position (Bybit): buy, a short was liquidated. The method is the market, as the venues print only such orders. Venues
 * whose price is not documented count as fills and get the note `priceKindAssumed`. Prints are a lower bound: Binance, Bybit and
 * OKX push at most about one a second and symbol.
 */
export const tardisLiquidations = (sink: RowSink): CsvHandler => ({
  row: (line) => {
    const read = readCells(sink, line, (row) => ({
      head: readHead(row),
      liquidationId: row.optionalText("id"),
      side: row.oneOf("side", { buy: BUY, sell: SELL }),
      price: row.decimal("price"),
      size: row.size("amount"),
    }));
    if (read === undefined) return;
    const { head, ...print } = read;
    const priceKind = priceKindOf(head.exchange);
    noteEventTime(sink, "liquidations", head);
    if (priceKind === undefined) {
      sink.note("liquidations", head.venue, head.symbol, "priceKindAssumed");
    }
    sink.row("liquidations", head.venue, head.symbol, {
      ...origin(head),
      ...print,
      method: METHOD_MARKET,
      priceKind: priceKind ?? PRICE_FILL,
    });
  },
});
