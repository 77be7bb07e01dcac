import { describe, expect, it } from "vitest";
import { fileHead } from "../src/files/fileHead.ts";
import type { ReadHints } from "../src/source.ts";
import { evmLogs } from "../src/sources/evmLogs/evmLogs.ts";
import { LogDecoder } from "../src/sources/evmLogs/logDecoder.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";
import {
  address,
  ANSWER,
  hash,
  samples,
  SWAP,
  swapLine,
  TABLE_HEADER,
  TRANSFER,
  transferLog,
  word,
} from "./samples/evmLogs.ts";

/** Reads files one after the other with one reader. */
async function readAll(
  hints: ReadHints,
  ...files: readonly (readonly [name: string, text: string])[]
): Promise<MemorySink> {
  const memory = memorySink();
  const reader = evmLogs.createReader(hints);
  for (const [name, text] of files) await reader.read(fileOf(name, text), memory.sink);
  return memory;
}

const ETHEREUM: ReadHints = { venue: "ethereum" };
const lines = (...values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");

const TRANSFER_ARGS =
  '{"from":"0x1111111111111111111111111111111111111111","to":"0x2222222222222222222222222222222222222222","value":"2500000000000000000"}';

describe("logs of a node", () => {
  it("reads an array, an answer and JSON lines alike", async () => {
    const logs = [transferLog(100, 0), transferLog(100, 1)];
    const forms = [
      JSON.stringify(logs),
      JSON.stringify(logs, undefined, 2),
      JSON.stringify({ jsonrpc: "2.0", id: 1, result: logs }),
      JSON.stringify({ jsonrpc: "2.0", id: 1, result: logs }, undefined, 2),
      lines(...logs),
      lines({ jsonrpc: "2.0", id: 1, result: logs }, { jsonrpc: "2.0", id: 2, result: [] }),
    ];
    for (const form of forms) {
      const memory = await readAll(ETHEREUM, ["logs.json", form]);
      expect(memory.quarantined).toEqual([]);
      const rows = memory.of("chain", `ethereum:${address("aa")}`);
      expect(rows).toEqual([
        {
          line: expect.any(Number),
          tsEvent: 1_683_030_016_000_000,
          blockNumber: 100,
          logIndex: 0,
          txHash: hash("5e"),
          address: address("aa"),
          event: "Transfer",
          args: TRANSFER_ARGS,
        },
        expect.objectContaining({ logIndex: 1 }),
      ]);
    }
  });

  it("skips an answer without logs, and quarantines a node's error", async () => {
    const memory = await readAll(ETHEREUM, [
      "logs.jsonl",
      lines(
        { jsonrpc: "2.0", id: 1, result: [] },
        { jsonrpc: "2.0", id: 2, error: { code: -32005, message: "too many results" } },
      ),
    ]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual(["answer without a log"]);
    expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
      'the node answered with an error: {"code":-32005,"message":"too many results"}',
    ]);
  });

  it("skips logs of removed blocks and logs read before, and counts them where others of the answer stand", async () => {
    const removed = { ...transferLog(100, 2), removed: true };
    const memory = await readAll(ETHEREUM, [
      "logs.jsonl",
      lines(transferLog(100, 0), transferLog(100, 0), removed, {
        jsonrpc: "2.0",
        id: 1,
        result: [transferLog(100, 0), removed, transferLog(100, 1)],
      }),
    ]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual([
      "duplicate log",
      "log of a block that was removed",
    ]);
    expect(memory.of("chain").map(({ logIndex }) => logIndex)).toEqual([0, 1]);
    expect(Object.fromEntries(memory.notes)).toEqual({
      [`chain ethereum:${address("aa")} duplicateLog`]: 1,
      [`chain ethereum:${address("aa")} removedLog`]: 1,
    });
  });

  it("quarantines a log at the place of another transaction's: two versions of a block", async () => {
    const other = { ...transferLog(100, 0), transactionHash: hash("6f") };
    const memory = await readAll(ETHEREUM, ["logs.jsonl", lines(transferLog(100, 0), other)]);
    expect(memory.quarantined[0]?.reason).toMatch(/log 0 of block 100 .* two versions/);
  });

  it("takes the time of a log without one from the blocks before it", async () => {
    const { blockTimestamp: _, ...bare } = transferLog(100, 0);
    const block = { number: "0x64", hash: hash("b1"), timestamp: "0x64510000" };
    const without = await readAll(ETHEREUM, ["logs.jsonl", lines(bare)]);
    expect(without.quarantined[0]?.reason).toBe(
      "the log has no time, and block 100 was in no file before this one",
    );
    const memory = await readAll(
      ETHEREUM,
      ["blocks.jsonl", lines({ jsonrpc: "2.0", id: 1, result: block })],
      ["logs.jsonl", lines(bare)],
    );
    expect(memory.skipped.map(({ reason }) => reason)).toEqual([
      "block without figures: its time is kept",
    ]);
    expect(memory.of("chain")[0]?.tsEvent).toBe(1_683_030_016_000_000);
  });

  it("quarantines a log whose time is not its block's", async () => {
    const block = { number: 100, hash: hash("b1"), timestamp: 1_683_030_004 };
    const memory = await readAll(ETHEREUM, ["l.jsonl", lines(block, transferLog(100, 0))]);
    expect(memory.quarantined[0]?.reason).toMatch(/block 100 was made at 1683030004000000 µs/);
  });

  it("keeps a log of no known event as it is", async () => {
    const log = { ...transferLog(100, 0), topics: [hash("EE")], data: "0xABcd" };
    const memory = await readAll(ETHEREUM, ["l.jsonl", lines(log)]);
    expect(memory.of("chain")[0]).toMatchObject({
      event: "unknown",
      args: `{"data":"0xabcd","topics":["${hash("ee")}"]}`,
    });
    expect([...memory.notes.keys()]).toEqual([`chain ethereum:${address("aa")} unknownEvent`]);
  });

  it("tells a transfer of ERC-721 by its fourth topic", async () => {
    const { topics } = transferLog(100, 0) as { topics: readonly string[] };
    const log = { ...transferLog(100, 0), topics: [...topics, `0x${word("07")}`], data: "0x" };
    const memory = await readAll(ETHEREUM, ["l.jsonl", lines(log)]);
    expect(memory.of("chain")[0]?.args).toBe(
      `{"from":"${address("11")}","to":"${address("22")}","tokenId":"7"}`,
    );
  });

  it("makes a price of an answer only where the feed's decimals are known", async () => {
    const answer = {
      ...transferLog(100, 0),
      topics: [ANSWER, `0x${word((186_264_613_227).toString(16))}`, `0x${word("2a")}`],
      data: `0x${word("64510000")}`,
    };
    const feed = "0xE62B71cf983019BFf55bC83B48601ce8419650CC";
    const memory = await readAll(ETHEREUM, [
      "l.jsonl",
      lines({ ...answer, address: feed }, { ...answer, logIndex: "0x1" }),
    ]);
    expect(memory.of("chain").map(({ event, args }) => [event, args])).toEqual([
      ["AnswerUpdated", '{"current":"186264613227","roundId":"42","updatedAt":"1683030016"}'],
      ["AnswerUpdated", '{"current":"186264613227","roundId":"42","updatedAt":"1683030016"}'],
    ]);
    expect(memory.of("oracles")).toEqual([
      { tsEvent: 1_683_030_016_000_000, roundId: "42", answer: 1_862.646_132_27, line: 1 },
    ]);
    expect([...memory.notes.keys()]).toEqual([
      `chain ethereum:${address("aa")} feedDecimalsUnknown`,
    ]);
    expect(evmLogs.terms("ethereum", feed.toLowerCase(), 0)).toMatchObject({
      kind: "index",
      base: "ETH",
      quote: "USD",
    });
  });

  const BAD: readonly (readonly [what: string, change: Record<string, unknown>, reason: RegExp])[] =
    [
      ["a short topic", { topics: ["0x12"] }, /^topics is "0x12", not 0x and 64 hex digits$/],
      ["a topic that is no text", { topics: [5] }, /^topics is 5, not/],
      ["five topics", { topics: Array(5).fill(hash("11")) }, /^topics is 5, not at most 4$/],
      ["half a byte", { data: "0x123" }, /^data is "0x123", not 0x and whole bytes/],
      ["data that is no hex", { data: "0x12zz" }, /^data is not hex$/],
      ["no address", { address: null }, /does not say which contract/],
      ["a bad address", { address: "0x12" }, /^address is "0x12", not an address/],
      ["a block that is no number", { blockNumber: "0xzz" }, /^blockNumber is "0xzz", not a whole/],
      ["a pending log", { blockNumber: null }, /^blockNumber is missing, not a whole/],
      [
        "a log index beyond any",
        { logIndex: "0xffffffff" },
        /^logIndex is "0xffffffff", not below/,
      ],
      ["a bad hash", { transactionHash: "0x1" }, /^transactionHash is "0x1", not a hash/],
      ["a time in ms", { blockTimestamp: 1_683_030_016_000 }, /not a time in seconds/],
    ];
  for (const [what, change, reason] of BAD) {
    it(`quarantines ${what}`, async () => {
      const log = { ...transferLog(100, 0), ...change };
      const memory = await readAll(ETHEREUM, ["l.jsonl", lines(transferLog(99, 0), log)]);
      expect(memory.rows).toHaveLength(1);
      expect(memory.quarantined[0]?.reason).toMatch(reason);
    });
  }

  it("quarantines what is no record of a chain", async () => {
    const text = `${lines(transferLog(1, 0))}{"a":1}\n[]\n7\n{"type":"__proto__"}\n{"topics\n`;
    const memory = await readAll(ETHEREUM, ["l.jsonl", text]);
    expect(memory.quarantined.map(({ line, reason }) => [line.number, reason])).toEqual([
      [2, "the record is no log, block, transaction or token transfer"],
      [4, "the record is no JSON object"],
      [5, "the record is no log, block, transaction or token transfer"],
      [6, "the JSON is broken or cut"],
    ]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual(["answer without a log"]);
  });

  it("needs to be told the chain where the name does not", async () => {
    await expect(readAll({}, ["logs.jsonl", lines(transferLog(1, 0))])).rejects.toThrow(
      /neither the file nor its name says which chain/,
    );
    const memory = await readAll({}, ["logs-bsc.jsonl", lines(transferLog(1, 0))]);
    expect(memory.rows[0]?.venue).toBe("bnb");
  });
});

describe("tables of logs", () => {
  const SWAP_ARGS =
    '{"amount0":"-1234567","amount1":"500000000000000000","liquidity":"9876543210987654321",' +
    `"recipient":"${address("44")}","sender":"${address("33")}",` +
    '"sqrtPriceX96":"1234567890123456789012345678901234","tick":"201234"}';

  it("reads topics as JSON and as Python prints them, of the contract that the file is named for", async () => {
    const name = `polygon-${address("Ab")}-2024-01-05.raw.csv`;
    const text = `${TABLE_HEADER}\n${swapLine(1, '""')}\n${swapLine(2, "'")}\n`;
    const memory = await readAll({}, [name, text]);
    expect(memory.quarantined).toEqual([]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual(["header"]);
    expect(memory.of("chain", `polygon:${address("ab")}`)).toEqual([
      {
        tsEvent: 1_704_412_811_000_000,
        blockNumber: 18_900_000,
        logIndex: 1,
        txHash: hash("7c"),
        address: address("ab"),
        event: "Swap",
        args: SWAP_ARGS,
        line: 2,
      },
      expect.objectContaining({ logIndex: 2, args: SWAP_ARGS, tsEvent: 1_704_412_812_000_000 }),
    ]);
  });

  it("calls a market's logs by the market, which is not the contract that logged", async () => {
    const name = `polygon-aave_v3-${address("ab")}-2024-01-06.raw.csv`;
    const memory = await readAll({}, [name, `${TABLE_HEADER}\n${swapLine(1, "'")}\n`]);
    expect(memory.rows[0]).toMatchObject({
      symbol: `aave_v3-${address("ab")}`,
      row: { address: undefined },
    });
  });

  it("takes the contract from --symbol, and needs one where no column names it", async () => {
    const text = `${TABLE_HEADER}\n${swapLine(1, "'")}\n`;
    const memory = await readAll({ ...ETHEREUM, symbol: address("AB") }, ["raw.csv", text]);
    expect(memory.rows[0]).toMatchObject({
      symbol: address("ab"),
      row: { address: address("ab") },
    });
    await expect(readAll(ETHEREUM, ["raw.csv", text])).rejects.toThrow(/which contract it is of/);
  });

  it("reads a column a topic, the contract line by line, and times of Dune", async () => {
    const header =
      "contract_address,topic0,topic1,topic2,topic3,data,block_number,block_time,tx_hash,index";
    const row = `${address("Cc")},${TRANSFER},0x${word("11".repeat(20))},0x${word("22".repeat(20))},,0x${word("22b1c8c1227a0000")},77,2025-10-10 21:20:03.000 UTC,${hash("7c")},9`;
    const memory = await readAll(ETHEREUM, ["dune.csv", `${header}\n${row}\n`]);
    expect(memory.of("chain", `ethereum:${address("cc")}`)).toEqual([
      {
        tsEvent: 1_760_131_203_000_000,
        blockNumber: 77,
        logIndex: 9,
        txHash: hash("7c"),
        address: address("cc"),
        event: "Transfer",
        args: TRANSFER_ARGS,
        line: 2,
      },
    ]);
  });

  it("quarantines bad lines, and skips a repeated header and blank lines", async () => {
    const text = [
      TABLE_HEADER,
      swapLine(1, "'"),
      "1,2",
      TABLE_HEADER,
      "",
      swapLine(2, "'").replace(hash("7c"), "0x7c"),
      swapLine(3, "'").replace("2024-01-05", "2024-02-30"),
      swapLine(4, "'").replace(']"', "]"),
      swapLine(5, '"'),
    ].join("\n");
    const memory = await readAll({ ...ETHEREUM, symbol: address("ab") }, ["raw.csv", text]);
    expect(memory.rows).toHaveLength(1);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual([
      "header",
      "repeated header",
      "blank line",
    ]);
    expect(memory.quarantined.map(({ line, reason }) => [line.number, reason])).toEqual([
      [3, "2 columns, not 7"],
      [6, 'transaction_hash is "0x7c", not a hash, 0x and 64 hex digits'],
      [7, 'block_timestamp is "2024-02-30 00:00:13", not a UTC time'],
      [8, "a quoted cell does not end at a comma"],
      [9, "a quoted cell does not end at a comma"],
    ]);
  });

  it("refuses a table without the columns of logs", async () => {
    await expect(readAll(ETHEREUM, ["x.csv", "a,b\n1,2\n"])).rejects.toThrow(/no columns of logs/);
    await expect(readAll(ETHEREUM, ["x.csv", ""])).rejects.toThrow(/no columns of logs in ""/);
  });
});

describe("what ethereum-etl writes beside logs", () => {
  it("reads blocks as measures, and transactions as what they paid", async () => {
    const [sample] = samples.filter(({ name }) => name === "etl.json");
    const memory = await readAll(ETHEREUM, ["etl.json", String(sample?.content)]);
    expect(
      memory.of("measures", "ethereum:GAS").map(({ measure, value }) => [measure, value]),
    ).toEqual([
      ["baseFeeGwei", 40],
      ["gasUsed", 12_345_678],
      ["gasLimit", 30_000_000],
      ["transactions", 120],
    ]);
    expect(memory.of("gas", "ethereum:GAS")).toEqual([
      { tsEvent: 1_683_000_000_000_000, blockNumber: 200, gasPriceGwei: 41.5, line: 2 },
    ]);
  });

  it("keeps every digit of a token transfer, and does not call it by the log's name", async () => {
    const transfer = `{"type": "token_transfer", "token_address": "${address("aa")}", "from_address": "${address("11")}", "to_address": "${address("22")}", "value": 150188698577042438264952193024, "transaction_hash": "${hash("5e")}", "log_index": 1, "block_number": 100, "block_timestamp": 1683029999}\n`;
    const memory = await readAll(ETHEREUM, ["etl.json", transfer]);
    expect(memory.of("chain")[0]).toMatchObject({
      event: "TokenTransfer",
      args: `{"from":"${address("11")}","to":"${address("22")}","value":"150188698577042438264952193024"}`,
    });
  });

  it("skips records that it does not read", async () => {
    const memory = await readAll(ETHEREUM, ["etl.json", lines({ type: "trace", value: 1 })]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual([
      "ethereum-etl record that is not read",
    ]);
  });
});

describe("logs with other words than their event has", () => {
  const decoder = new LogDecoder();
  const topics = [SWAP, `0x${word("33".repeat(20))}`, `0x${word("44".repeat(20))}`];
  const words = [word("01"), word("02"), word("03"), word("04"), word("05")];
  const swap = (change: Readonly<Record<number, string>>): string =>
    `0x${words.map((own, place) => change[place] ?? own).join("")}`;
  const CASES: readonly (readonly [what: string, topics: readonly string[], data: string])[] = [
    ["a word too few", topics, `0x${words.slice(1).join("")}`],
    ["a word too many", topics, `0x${words.join("")}${word("06")}`],
    ["an address of 32 bytes", [SWAP, hash("33"), topics[2]!], swap({})],
    ["an address of 21 bytes", [SWAP, `0x${word(`1${"33".repeat(20)}`)}`, topics[2]!], swap({})],
    ["a uint160 of 161 bits", topics, swap({ 2: word(`1${"0".repeat(40)}`) })],
    ["an int24 beyond its range", topics, swap({ 4: word("800000") })],
    ["an int24 without its sign", topics, swap({ 4: word("ffffff") })],
  ];
  for (const [what, given, data] of CASES) {
    it(`are kept as they are: ${what}`, () => {
      expect(decoder.decode(given, data)).toMatchObject({ event: "unknown", misfit: true });
    });
  }

  it("are kept as they are: a truth value of 2, an offset or a length beyond the data", () => {
    const approval = [
      "0x17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c31",
      topics[1]!,
      topics[2]!,
    ];
    expect(decoder.decode(approval, `0x${word("1")}`)?.event).toBe("ApprovalForAll");
    expect(decoder.decode(approval, `0x${word("2")}`)?.misfit).toBe(true);
    const round = [
      "0xf6a97944f31ea060dfde0566e4167c1a1082551e64b60ecb14d599a9d023d451",
      `0x${word("7")}`,
    ];
    const transmission = (observations: string, length: string): string =>
      `0x${[word("5"), word("11".repeat(20)), word(observations), word("c0"), word("0"), word(length), word("9")].join("")}`;
    expect(decoder.decode(round, transmission("a0", "1"))?.event).toBe("unknown");
    const good = `0x${[word("5"), word("11".repeat(20)), word("a0"), word("e0"), word("0"), word("1"), word("9"), word("2"), `abcd${"0".repeat(60)}`].join("")}`;
    expect(decoder.decode(round, good)?.args).toContain(
      '"observations":["9"],"observers":"0xabcd"',
    );
    expect(decoder.decode(round, good.replace(word("a0"), word("ffff")))?.misfit).toBe(true);
    expect(decoder.decode(round, good.replace(word("a0"), "f".repeat(64)))?.misfit).toBe(true);
    expect(decoder.decode(round, good.replace(word("2"), word("7fffffff")))?.misfit).toBe(true);
  });

  it("decodes a large log after a small one", () => {
    const data = `0x${"ab".repeat(100_000)}`;
    expect(decoder.decode([hash("01")], data)?.args).toHaveLength(200_000 + 93);
    expect(decoder.decode(topics, swap({}))?.event).toBe("Swap");
  });
});

describe("recognising", () => {
  it("claims what is certainly of logs, and nothing else", async () => {
    for (const { name, content } of samples) {
      expect(evmLogs.recognises(await fileHead(fileOf(name, String(content))))).toBe(true);
    }
    for (const text of ["a,b\n1,2\n", '[{"a":1}]', '{"type": "trades"}', "[]"]) {
      expect(evmLogs.recognises(await fileHead(fileOf("x", text)))).toBe(false);
    }
  });
});
