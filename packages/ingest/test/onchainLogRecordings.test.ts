import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ReadHints } from "../src/source.ts";
import { demeter } from "../src/sources/demeter/demeter.ts";
import { EVENT_TABLE } from "../src/sources/evmLogs/eventTable.ts";
import { evmLogs } from "../src/sources/evmLogs/evmLogs.ts";
import { argsOf, byEvent, linesOf, tableOf, USDC_MARKET, WETH_MARKET } from "./chainRows.ts";
import { at, readPath, reasonsOf, recording, skipsOf } from "./readWith.ts";
import { viemArgs, viemEvent } from "./viemOracle.ts";

const LOGS = recording("onchain/evm-logs");
const POOL = "0x88e6a0c2ddd26feeb64f039a2c41296fcb3f5640";

interface Topics {
  readonly topics: readonly string[];
  readonly data: string;
}

/** What viem makes of a log by the table's declarations: the event and its args, undefined for one that is not in the table. */
function byViem({ topics, data }: Topics): readonly [event: string, args: string] | undefined {
  for (const [topic0, declaration] of EVENT_TABLE) {
    if (topic0 !== topics[0]) continue;
    const event = viemEvent(declaration);
    const indexed = event.inputs.filter((input) => input.indexed === true).length;
    if (indexed === topics.length - 1) return [event.name, viemArgs(event, topics, data)];
  }
  return undefined;
}

describe.skipIf(!existsSync(LOGS))("recorded logs onchain/evm-logs", () => {
  it("univ3_USDC_WETH_ethereum_2024-01-05.raw: 6,234 logs, 6,046 of them swaps, each as viem decodes it", async () => {
    const path = join(LOGS, "univ3_USDC_WETH_ethereum_2024-01-05.raw.csv.gz");
    const memory = await readPath(evmLogs, path, { symbol: POOL });
    expect(reasonsOf(memory)).toEqual([]);
    expect(skipsOf(memory)).toEqual(["1 header"]);
    expect(byEvent(memory)).toEqual({ Swap: 6_046, Mint: 54, Burn: 69, Collect: 65 });
    const rows = memory.of("chain", `ethereum:${POOL}`);
    const recorded = await tableOf(path);
    expect(rows).toHaveLength(recorded.length);
    rows.forEach((row, i) => {
      const { topics = "", data = "" } = recorded[i] ?? {};
      expect([row.event, row.args]).toEqual(byViem({ topics: JSON.parse(topics), data }));
    });
    // Sums of amount0 and amount1 over the swaps, and the last price, by an independent script.
    const swaps = rows.filter(({ event }) => event === "Swap").map(argsOf);
    const sum = (name: string): bigint =>
      swaps.reduce((total, own) => total + BigInt(own[name] ?? 0), 0n);
    expect([sum("amount0"), sum("amount1")]).toEqual([2452500303932n, -1040502078191303638197n]);
    expect(swaps.at(-1)?.["tick"]).toBe("199047");
  });

  for (const [token, market, rows, decoded] of [
    ["USDC", USDC_MARKET, 2_111, 880],
    ["WETH", WETH_MARKET, 858, 413],
  ] as const) {
    describe(`aavev3_polygon_${token}_2024-01-06`, () => {
      const path = (kind: string): string =>
        join(LOGS, `aavev3_polygon_${token}_2024-01-06.${kind}.csv.gz`);
      const hints: ReadHints = { symbol: market };

      it(`raw: ${rows} logs, each as viem decodes it`, async () => {
        const memory = await readPath(evmLogs, path("raw"), hints);
        expect(reasonsOf(memory)).toEqual([]);
        const chain = memory.of("chain", `polygon:${market}`);
        const recorded = await tableOf(path("raw"));
        expect(chain).toHaveLength(rows);
        expect(recorded).toHaveLength(rows);
        chain.forEach((row, i) => {
          const { topics = "", data = "" } = recorded[i] ?? {};
          const list = JSON.parse(topics.replaceAll("'", '"')) as string[];
          expect([row.event, row.args]).toEqual(byViem({ topics: list, data }));
        });
      });

      it(`tick: ${decoded} events agree with the raw logs one by one; only ReserveDataUpdated is left out`, async () => {
        const raw = (await readPath(evmLogs, path("raw"), hints)).of("chain");
        const tick = await readPath(demeter, path("tick"), hints);
        expect(reasonsOf(tick)).toEqual([]);
        const acts = tick.of("chain", `polygon:${market}`);
        expect(acts).toHaveLength(decoded);
        const others = raw.filter(({ event }) => event !== "ReserveDataUpdated");
        expect(others).toHaveLength(decoded);
        const owner = { Supply: "onBehalfOf", Borrow: "onBehalfOf", Repay: "user", Withdraw: "to" };
        acts.forEach((act, i) => {
          const log = others[i];
          const args = log === undefined ? {} : argsOf(log);
          const of = owner[act.event as keyof typeof owner];
          const { aToken, ...own } = argsOf(act);
          expect({ ...act, args: own }).toEqual({
            ...log,
            address: undefined,
            line: act.line,
            args: { amount: args["amount"], reserve: args["reserve"], owner: args[of] },
          });
          expect(aToken).toBe(args["useATokens"]);
        });
      });

      it("minute: each figure is the last ReserveDataUpdated up to the minute's end", async () => {
        const raw = (await readPath(evmLogs, path("raw"), hints)).of("chain");
        const updates = raw.filter(({ event }) => event === "ReserveDataUpdated");
        const memory = await readPath(demeter, path("minute"), hints);
        expect(reasonsOf(memory)).toEqual([]);
        const figures = memory.of("measures", `polygon:${market}`);
        expect(figures).toHaveLength(5 * 1_440);
        let compared = 0;
        for (const { tsEvent = 0, intervalMicros = 0, measure, value } of figures) {
          const last = updates.findLast(
            (update) => (update.tsEvent ?? 0) < tsEvent + intervalMicros,
          );
          if (last === undefined) continue;
          compared += 1;
          expect(value).toBe(Number(`${argsOf(last)[measure]}e-27`));
        }
        expect(compared).toBe(5 * (token === "USDC" ? 1_440 : 1_434));
      });
    });
  }

  describe("ethetl_block_17173049_50", () => {
    const path = (kind: string): string =>
      join(LOGS, `ethetl_block_17173049_50_expected_${kind}.json.gz`);
    const hints: ReadHints = { venue: "ethereum" };

    it("logs: 681, those of known events as viem decodes them, the others as they are", async () => {
      const memory = await readPath(evmLogs, path("logs"), hints);
      expect(reasonsOf(memory)).toEqual([]);
      const rows = memory.of("chain");
      expect(rows).toHaveLength(681);
      expect(byEvent(memory)).toEqual({
        Transfer: 291,
        Sync: 69,
        Swap: 79,
        Deposit: 30,
        Approval: 86,
        Withdrawal: 31,
        unknown: 87,
        NewTransmission: 2,
        NewRound: 2,
        AnswerUpdated: 2,
        ApprovalForAll: 2,
      });
      const recorded = (await linesOf(path("logs"))).map((line) => JSON.parse(line) as Topics);
      rows.forEach((row, i) => {
        const { topics, data } = recorded[i]!;
        const expected = byViem({ topics, data }) ?? ["unknown", JSON.stringify({ data, topics })];
        expect([row.event, row.args]).toEqual(expected);
      });
      expect([...memory.notes.keys()].filter((note) => note.endsWith("argumentsDoNotFit"))).toEqual(
        [],
      );
      // LINK / ETH is known by its aggregator; BRL / USD is not.
      expect(memory.of("oracles")).toEqual([
        {
          tsEvent: at("2023-05-02T12:19:59Z"),
          roundId: "7064",
          answer: 0.003_749_92,
          line: 140,
        },
      ]);
    });

    it("token_transfers: 291, each that of a Transfer log of ERC-20 or ERC-721", async () => {
      const logs = (await readPath(evmLogs, path("logs"), hints)).of("chain");
      const transfers = await readPath(evmLogs, path("token_transfers"), hints);
      expect(reasonsOf(transfers)).toEqual([]);
      const rows = transfers.of("chain");
      const logged = logs.filter(({ event }) => event === "Transfer");
      expect(rows).toHaveLength(291);
      rows.forEach((row, i) => {
        const log = logged[i];
        const { from, to, value, tokenId } = log === undefined ? {} : argsOf(log);
        expect(argsOf(row)).toEqual({ from, to, value: value ?? tokenId });
        expect({ ...row, args: "", event: "", line: 0 }).toEqual({
          ...log,
          args: "",
          event: "",
          line: 0,
        });
      });
    });

    it("transactions and blocks: 298 prices of gas, none below the block's base fee", async () => {
      const blocks = await readPath(evmLogs, path("blocks"), hints);
      expect(reasonsOf(blocks)).toEqual([]);
      const figures = blocks.of("measures", "ethereum:GAS");
      expect(figures).toHaveLength(8);
      const figure = (tsEvent: number | undefined, name: string): number | undefined =>
        figures.find((own) => own.tsEvent === tsEvent && own.measure === name)?.value;
      const memory = await readPath(evmLogs, path("transactions"), hints);
      expect(reasonsOf(memory)).toEqual([]);
      const gas = memory.of("gas", "ethereum:GAS");
      expect(gas).toHaveLength(298);
      for (const { tsEvent, gasPriceGwei = 0 } of gas) {
        expect(gasPriceGwei).toBeGreaterThanOrEqual(figure(tsEvent, "baseFeeGwei") ?? Infinity);
      }
      const times = [at("2023-05-02T12:19:59Z"), at("2023-05-02T12:20:11Z")];
      expect(times.map((time) => figure(time, "transactions"))).toEqual(
        times.map((time) => gas.filter(({ tsEvent }) => tsEvent === time).length),
      );
    });
  });
});
