import { describe, expect, it } from "vitest";
import { CALL, MESSAGE_END, PUT, decimal } from "@aftershock/schema";
import { tardis } from "../src/sources/tardis.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const OPTIONS =
  "exchange,symbol,timestamp,local_timestamp,type,strike_price,expiration,open_interest,last_price,bid_price,bid_amount,bid_iv,ask_price,ask_amount,ask_iv,mark_price,mark_iv,underlying_index,underlying_price,delta,gamma,vega,theta,rho";

async function read(...lines: string[]): Promise<MemorySink> {
  const memory = memorySink();
  await tardis.createReader().read(fileOf("options.csv", `${lines.join("\n")}\n`), memory.sink);
  return memory;
}

const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);

describe("tardis options_chain", () => {
  const put = (recv: number, symbol = "BTC-9JUN20-9875-P"): string =>
    `deribit,${symbol},1591574399413000,${recv},put,9875,1591689600000000,0.1,0.0295,0.0205,15.1,55.91,0.0235,15.2,68.94,0.02210436,62.89,SYN.BTC-9JUN20,9756.36,-0.61752,0.00103,2.24964,-53.05655,-0.22796`;

  it("reads an update of one option into the chain of its coin, volatilities as fractions", async () => {
    const memory = await read(OPTIONS, put(1_591_574_400_196_008));
    expect(memory.of("options", "deribit:BTC-OPTIONS")).toEqual([
      {
        tsEvent: 1_591_574_399_413_000,
        tsRecv: 1_591_574_400_196_008,
        line: 2,
        optionSymbol: "BTC-9JUN20-9875-P",
        right: PUT,
        strike: 9875,
        expiry: 1_591_689_600_000_000,
        openInterest: 0.1,
        lastPrice: 0.0295,
        bidPrice: decimal("0.0205"),
        bidSize: decimal("15.1"),
        bidIv: 0.5591,
        askPrice: decimal("0.0235"),
        askSize: decimal("15.2"),
        askIv: 0.6894,
        markPrice: 0.02210436,
        markIv: 0.6289,
        underlying: "SYN.BTC-9JUN20",
        underlyingPrice: 9756.36,
        delta: -0.61752,
        gamma: 0.00103,
        vega: 2.24964,
        theta: -53.05655,
        rho: -0.22796,
        flags: MESSAGE_END,
      },
    ]);
  });

  it("ends a message with the last line of a local_timestamp, each coin for itself", async () => {
    const memory = await read(
      OPTIONS,
      put(1_591_574_400_000_001),
      put(1_591_574_400_000_001, "ETH-9JUN20-250-P"),
      put(1_591_574_400_000_001, "BTC-9JUN20-9000-P"),
      put(1_591_574_400_000_002, "BTC_USDC-9JUN20-9000-P"),
      put(1_591_574_400_000_002),
    );
    const flags = (id: string): number[] => memory.of("options", id).map((row) => row.flags);
    expect(flags("deribit:BTC-OPTIONS")).toEqual([0, MESSAGE_END, MESSAGE_END]);
    expect(flags("deribit:ETH-OPTIONS")).toEqual([MESSAGE_END]);
    expect(flags("deribit:BTC_USDC-OPTIONS")).toEqual([MESSAGE_END]);
  });

  it("takes a price of 0 or an empty one for no quote, and counts sizes that stand alone", async () => {
    const cells = "call,300,1591689600000000,8.0,,0,0,0.0,,2.5,68.12,0.056,66.12,,,,,,,";
    const memory = await read(
      OPTIONS,
      `deribit,ETH-9JUN20-300-C,1591574408454000,1591574407473112,${cells}`,
    );
    const [row] = memory.of("options", "deribit:ETH-OPTIONS");
    expect(row).toMatchObject({ right: CALL, markIv: 0.6612 });
    for (const column of [
      "bidPrice",
      "bidSize",
      "bidIv",
      "askPrice",
      "askSize",
      "askIv",
      "delta",
    ]) {
      expect(row).toHaveProperty(column, undefined);
    }
    expect(Object.fromEntries(memory.notes)).toEqual({
      "options deribit:ETH-OPTIONS sizeWithoutPrice": 1,
    });
  });

  it("leaves volatilities of venues that send fractions as they are", async () => {
    const line = put(1_591_574_400_000_001)
      .replace("deribit", "okex-options")
      .replace("55.91", "0.5591");
    const memory = await read(OPTIONS, line);
    expect(memory.of("options", "okex-options:BTC-OPTIONS")[0]?.bidIv).toBe(0.5591);
  });

  it("quarantines a right that is neither call nor put, and a name without a coin", async () => {
    const memory = await read(
      OPTIONS,
      put(1_591_574_400_000_001).replace(",put,", ",P,"),
      put(1_591_574_400_000_001, "BTCUSD"),
    );
    expect(reasons(memory)).toEqual([
      'column type: "P" is not one of call, put',
      `column symbol: "BTCUSD" is not an option's name such as BTC-9JUN20-9875-P`,
    ]);
  });
});
