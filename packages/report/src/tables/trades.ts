import type { HedgeTrade } from "@aftershock/strategy";

import { formatCoin, formatNumber, formatTime, formatUsd, formatUsdChange } from "../format.ts";
import { type Html, html } from "../html.ts";
import { table } from "../table.ts";

/** `250,000 USD`, `10 BTC`. */
const size = ({ size: amount, sizeUnit, coin }: HedgeTrade): string =>
  sizeUnit === "usd" ? `${formatCoin(amount)} USD` : `${formatCoin(amount)} ${coin}`;

/** An option's premium in coin, or the price of an inverse contract in USD, with what it is in the record. */
function price({ price: paid, priceKind, sizeUnit, coin }: HedgeTrade): Html {
  const text = sizeUnit === "coin" ? `${formatCoin(paid)} ${coin}` : `$${formatNumber(paid, 2)}`;
  return html`${text} <span class="soft">${priceKind}</span>`;
}

/** What a hedge traded, in order of time: at which recorded price, what it paid or received, the fee. */
export function tradesTable(trades: readonly HedgeTrade[]): Html {
  return table(
    [
      { heading: "time, UTC", kind: "text", cell: ({ at }) => formatTime(at) },
      {
        heading: "trade",
        kind: "text",
        cell: ({ side, reason }) => html`${side} <span class="soft">${reason}</span>`,
      },
      { heading: "instrument", kind: "text", cell: ({ instrument }) => instrument },
      { heading: "size", cell: size },
      { heading: "price", cell: price },
      {
        heading: "paid or received",
        cell: ({ amountCoin, indexPrice }) => formatUsdChange(amountCoin * indexPrice),
      },
      { heading: "fee", cell: ({ feeCoin, indexPrice }) => formatUsd(feeCoin * indexPrice) },
      { heading: "index, USD", cell: ({ indexPrice }) => formatNumber(indexPrice, 2) },
    ],
    trades,
    {
      name: "Trades of the hedge",
      caption:
        "Coins are turned into US dollars at the index of the moment. The word beside a price says what it is in the record.",
    },
  );
}
