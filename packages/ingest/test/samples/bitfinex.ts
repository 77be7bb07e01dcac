import { bitfinex } from "../../src/sources/bitfinex/bitfinex.ts";
import type { Sample } from "./sample.ts";

/** A raw book of orders, as one array on one line. */
export const samples: readonly Sample[] = [
  {
    source: bitfinex,
    hints: { date: "2021-02-28" },
    name: "book.json",
    content: JSON.stringify([
      { event: "info", version: 2, serverId: "x", platform: { status: 1 } },
      {
        event: "subscribed",
        channel: "book",
        chanId: 11,
        symbol: "tABCUSD",
        prec: "R0",
        freq: "F0",
        len: "25",
        pair: "ABCUSD",
      },
      [
        11,
        [
          [501, 10.5, 2],
          [502, 10.25, 0.125],
          [503, 10.75, -3],
        ],
      ],
      [11, [504, 11, -1.5]],
      [11, [501, 10.5, 1.25]],
      [11, "hb"],
      [11, [503, 0, -1]],
    ]),
  },
];
