import { describe, expect, it } from "vitest";
import { CALL, PUT, decimal } from "@aftershock/schema";
import { tardis } from "../src/sources/tardis/tardis.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const OPTIONS =
  "exchange,symbol,timestamp,local_timestamp,type,strike_price,expiration,open_interest,last_price,bid_price,bid_amount,bid_iv,ask_price,ask_amount,ask_iv,mark_price,mark_iv,underlying_index,underlying_price,delta,gamma,vega,theta,rho";

async function read(...lines: string[]): Promise<MemorySink> {
  const memory = memorySink();
  await tardis.createReader({}).read(fileOf("options.csv", `${lines.join("\n")}\n`), memory.sink);
  return memory;
}

const reasons = (memory: MemorySink): string[] => memory.quarantined.map(({ reason }) => reason);

describe("tardis options_chain", () => {
  const put = (recv: number, symbol = "BTC-9JUN20-9800-P"): string =>
    `deribit,${symbol},1591570000250000,${recv},put,9800,1591689600000000,0.1,0.0315,0.0225,12.5,57.25,0.0245,11.5,66.5,0.02341234,61.75,SYN.BTC-9JUN20,9700.25,-0.60125,0.00125,2.125,-51.5,-0.25`;

  it("reads an update of one option into the chain of its coin, volatilities as fractions", async () => {
    const memory = await read(OPTIONS, put(1_591_570_000_900_001));
    expect(memory.of("options", "deribit:BTC-OPTIONS")).toEqual([
      {
        tsEvent: 1_591_570_000_250_000,
        tsRecv: 1_591_570_000_900_001,
        line: 2,
        optionSymbol: "BTC-9JUN20-9800-P",
        right: PUT,
        strike: 9800,
        expiry: 1_591_689_600_000_000,
        openInterest: 0.1,
        lastPrice: 0.0315,
        bidPrice: decimal("0.0225"),
        bidSize: decimal("12.5"),
        bidIv: 0.5725,
        askPrice: decimal("0.0245"),
        askSize: decimal("11.5"),
        askIv: 0.665,
        markPrice: 0.02341234,
        markIv: 0.6175,
        underlying: "SYN.BTC-9JUN20",
        underlyingPrice: 9700.25,
        delta: -0.60125,
        gamma: 0.00125,
        vega: 2.125,
        theta: -51.5,
        rho: -0.25,
        flags: 0,
      },
    ]);
  });

  it("ends no snapshot: a line is the update of one option, not the chain", async () => {
    const memory = await read(
      OPTIONS,
      put(1_591_574_400_000_001),
      put(1_591_574_400_000_001, "ETH-9JUN20-250-P"),
      put(1_591_574_400_000_001, "BTC-9JUN20-9000-P"),
      put(1_591_574_400_000_002, "BTC_USDC-9JUN20-9000-P"),
      put(1_591_574_400_000_002),
    );
    const flags = (id: string): number[] => memory.of("options", id).map((row) => row.flags);
    expect(flags("deribit:BTC-OPTIONS")).toEqual([0, 0, 0]);
    expect(flags("deribit:ETH-OPTIONS")).toEqual([0]);
    expect(flags("deribit:BTC_USDC-OPTIONS")).toEqual([0]);
  });

  it("takes a price of 0 or an empty one for no quote, and counts sizes that stand alone", async () => {
    const cells = "call,300,1591689600000000,7.0,,0,0,0.0,,2.5,70.5,0.0575,69.5,,,,,,,";
    const memory = await read(
      OPTIONS,
      `deribit,ETH-9JUN20-300-C,1591574408454000,1591574407473112,${cells}`,
    );
    const [row] = memory.of("options", "deribit:ETH-OPTIONS");
    expect(row).toMatchObject({ right: CALL, markIv: 0.695 });
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
      .replace("57.25", "0.5725");
    const memory = await read(OPTIONS, line);
    expect(memory.of("options", "okex-options:BTC-OPTIONS")[0]?.bidIv).toBe(0.5725);
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
