import { evmLogs } from "../../src/sources/evmLogs/evmLogs.ts";
import type { Sample } from "./sample.ts";

/** A 32-byte word with these last hex digits. */
export const word = (digits: string): string => digits.padStart(64, "0");
/** A made-up address of one repeated digit pair. */
export const address = (pair: string): string => `0x${pair.repeat(20)}`;
/** A made-up hash of one repeated digit pair. */
export const hash = (pair: string): string => `0x${pair.repeat(32)}`;

export const TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
export const ANSWER = "0x0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f";
export const SWAP = "0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67";

/** A transfer of 2.5e18 as a node sends it, at a made-up place. */
export const transferLog = (block: number, index: number): Readonly<Record<string, unknown>> => ({
  address: address("Aa"),
  topics: [TRANSFER, `0x${word("11".repeat(20))}`, `0x${word("22".repeat(20))}`],
  data: `0x${word("22b1c8c1227a0000")}`,
  blockNumber: `0x${block.toString(16)}`,
  blockTimestamp: "0x64510000",
  transactionHash: hash("5e"),
  transactionIndex: "0x3",
  blockHash: hash("b1"),
  logIndex: `0x${index.toString(16)}`,
  removed: false,
});

/** The words of a made-up swap of a Uniswap v3 pool: amount0, amount1, sqrtPriceX96, liquidity, tick. */
const SWAP_WORDS = [
  BigInt.asUintN(256, -1_234_567n),
  500_000_000_000_000_000n,
  1_234_567_890_123_456_789_012_345_678_901_234n,
  9_876_543_210_987_654_321n,
  201_234n,
].map((value) => word(value.toString(16)));

/** The same swap as a line of a table. */
export function swapLine(index: number, quote: string): string {
  const topics = [SWAP, `0x${word("33".repeat(20))}`, `0x${word("44".repeat(20))}`];
  const list = topics.map((topic) => `${quote}${topic}${quote}`).join(", ");
  const time = `2024-01-05 00:00:${String(10 + index)}`;
  return `18900000,${time},${hash("7c")},4,${index},"[${list}]",0x${SWAP_WORDS.join("")}`;
}

export const TABLE_HEADER =
  "block_number,block_timestamp,transaction_hash,transaction_index,log_index,topics,data";

/** Small whole files in every form. */
export const samples: readonly Sample[] = [
  {
    source: evmLogs,
    hints: { venue: "ethereum" },
    name: "logs.json",
    content: JSON.stringify([transferLog(100, 0), transferLog(100, 1)], undefined, 1),
  },
  {
    source: evmLogs,
    hints: { venue: "ethereum" },
    name: "answer.json",
    content: JSON.stringify(
      { jsonrpc: "2.0", id: 1, result: [transferLog(7, 0), transferLog(8, 0)] },
      undefined,
      1,
    ),
  },
  {
    source: evmLogs,
    name: "polygon-logs.jsonl",
    content: [transferLog(100, 0), transferLog(100, 1), transferLog(101, 0)]
      .map((log) => `${JSON.stringify(log)}\n`)
      .join(""),
  },
  {
    source: evmLogs,
    name: `ethereum-${address("ab")}-2024-01-05.raw.csv`,
    content: `${TABLE_HEADER}\n${swapLine(1, '""')}\n${swapLine(2, "'")}\n`,
  },
  {
    source: evmLogs,
    hints: { venue: "ethereum" },
    name: "etl.json",
    content: [
      {
        type: "block",
        number: 200,
        hash: hash("b2"),
        timestamp: 1_683_000_000,
        gas_limit: 30_000_000,
        gas_used: 12_345_678,
        base_fee_per_gas: 40_000_000_000,
        transaction_count: 120,
      },
      {
        type: "transaction",
        hash: hash("7a"),
        gas_price: 50_000_000_000,
        receipt_effective_gas_price: 41_500_000_000,
        block_timestamp: 1_683_000_000,
        block_number: 200,
      },
    ]
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(""),
  },
];
