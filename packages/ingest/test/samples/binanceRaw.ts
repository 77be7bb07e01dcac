import { binanceRaw } from "../../src/sources/binance/binanceRaw.ts";
import type { Sample } from "./sample.ts";

const T = 1_722_816_000_000;
const line = (step: number, message: object): string =>
  `${T + step}000123 ${JSON.stringify(message)}`;
const of = (stream: string, data: object): object => ({ stream: `btcusdt@${stream}`, data });

const diff = (first: number, last: number, before: number): object => ({
  e: "depthUpdate",
  E: T + last,
  T: T + last - 1,
  s: "BTCUSDT",
  U: first,
  u: last,
  pu: before,
  b: [["58160.10", "2.500"]],
  a: [
    ["58160.20", "0.000"],
    ["58160.30", "1.250"],
  ],
});

/** A futures capture with its snapshot, and one of spot. */
export const samples: readonly Sample[] = [
  {
    source: binanceRaw,
    name: "usdm_btcusdt_20240805",
    content: `${[
      line(1, { result: null, id: 1 }),
      line(2, of("depth@0ms", diff(11, 14, 10))),
      line(3, {
        lastUpdateId: 14,
        E: T,
        T,
        bids: [["58160.10", "2.4"]],
        asks: [["58160.20", "1"]],
      }),
      line(4, of("depth@0ms", diff(15, 17, 14))),
      line(
        5,
        of("trade", {
          e: "trade",
          E: T,
          T,
          s: "BTCUSDT",
          t: 7,
          p: "58160.1",
          q: "2",
          X: "MARKET",
          m: true,
        }),
      ),
      line(
        6,
        of("bookTicker", {
          e: "bookTicker",
          u: 17,
          s: "BTCUSDT",
          b: "58160.1",
          B: "2",
          a: "58160.3",
          A: "1",
          T,
          E: T,
        }),
      ),
      line(
        7,
        of("markPrice@1s", {
          e: "markPriceUpdate",
          E: T,
          s: "BTCUSDT",
          p: "58150.5",
          i: "58151.25",
          r: "0.0001",
          T: T + 9_000,
        }),
      ),
      line(8, {
        e: "forceOrder",
        E: T,
        o: {
          s: "BTCUSDT",
          S: "SELL",
          o: "LIMIT",
          f: "IOC",
          q: "0.014",
          p: "57910",
          ap: "57990.5",
          X: "FILLED",
          l: "0.014",
          z: "0.014",
          T,
        },
      }),
      line(9, of("depth@0ms", diff(18, 21, 17))),
    ].join("\n")}\n`,
  },
  {
    source: binanceRaw,
    name: "spot_btcusdt_20240805",
    content: `${[
      line(1, { lastUpdateId: 14, bids: [["58160.10", "2.4"]], asks: [["58160.20", "1"]] }),
      line(2, {
        e: "depthUpdate",
        E: T,
        s: "BTCUSDT",
        U: 13,
        u: 16,
        b: [["58160.00", "0.1"]],
        a: [],
      }),
      line(3, { u: 16, s: "BTCUSDT", b: "58160.1", B: "2", a: "58160.2", A: "1" }),
      line(4, {
        e: "trade",
        E: T,
        s: "BTCUSDT",
        t: 9,
        p: "58160.1",
        q: "0.5",
        T,
        m: false,
        M: true,
      }),
    ].join("\n")}\n`,
  },
];
