import { hyperliquidRaw } from "../../src/sources/hyperliquidRaw/hyperliquidRaw.ts";
import type { Sample } from "./sample.ts";

const line = (millis: number, message: object): string =>
  `${1_700_000_000_000 + millis}000250 ${JSON.stringify(message)}`;

const BUYER = `0x${"a".repeat(40)}`;
const SELLER = `0x${"B".repeat(40)}`;

const context = (markPx: string, changes: object = {}): object => ({
  funding: "-0.0000125",
  openInterest: "250.5",
  prevDayPx: "9.5",
  dayNtlVlm: "100000.25",
  premium: "-0.0005",
  oraclePx: "10.25",
  markPx,
  midPx: "10.375",
  impactPxs: ["10.3", "10.4"],
  ...changes,
});

/** Lines of a recorder, and a frame of contexts without any time. */
export const samples: readonly Sample[] = [
  {
    source: hyperliquidRaw,
    name: "abc_20231114.gz",
    content: `${[
      line(0, {
        channel: "l2Book",
        data: {
          coin: "ABC",
          levels: [
            [
              { n: 2, px: "10.5", sz: "3.25" },
              { n: 1, px: "10.25", sz: "1" },
            ],
            [{ n: 1, px: "10.75", sz: "0.125" }],
          ],
          time: 1_699_999_999_900,
        },
      }),
      line(500, {
        channel: "trades",
        data: [
          {
            coin: "ABC",
            hash: "0x1",
            px: "10.75",
            side: "B",
            sz: "0.5",
            tid: 71,
            time: 1_700_000_000_400,
            users: [BUYER, SELLER],
          },
        ],
      }),
      line(600, {
        channel: "bbo",
        data: { coin: "ABC", time: 1_700_000_000_550, bbo: [{ n: 1, px: "10.5", sz: "3" }, null] },
      }),
      line(700, { channel: "activeAssetCtx", data: { coin: "xyz:ABC", ctx: context("10.5") } }),
      line(800, { channel: "pong" }),
    ].join("\n")}\n`,
  },
  {
    source: hyperliquidRaw,
    hints: { date: "2023-11-14" },
    name: "contexts.json",
    content: JSON.stringify(
      {
        channel: "allDexsAssetCtxs",
        data: {
          ctxs: [
            [
              "",
              [context("10.5"), context("20.5", { premium: null, midPx: null, impactPxs: null })],
            ],
            ["xyz", [context("30.5")]],
          ],
        },
      },
      null,
      2,
    ),
  },
];
