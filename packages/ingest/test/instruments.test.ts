import { describe, expect, it } from "vitest";
import { decimal } from "@aftershock/schema";
import { terms } from "../src/catalogue/instruments.ts";
import { INSTRUMENT_TABLE } from "../src/catalogue/instrumentTable.ts";

const at = (iso: string): number => Date.parse(iso) * 1_000;

describe("instrument terms", () => {
  it("gives contract and grid of a listed instrument within the grid's interval", () => {
    expect(terms("binance-usdm", "BTCUSDT", at("2024-08-08T00:00:00Z"))).toEqual({
      kind: "perpetual",
      contract: "linear",
      multiplier: 1,
      base: "BTC",
      quote: "USDT",
      settle: "USDT",
      tick: decimal("0.1"),
      lot: decimal("0.001"),
      validFrom: at("2022-12-30T00:00:00Z"),
    });
    expect(terms("binance-coinm", "BTCUSD_PERP", at("2024-08-08T00:00:00Z"))).toMatchObject({
      contract: "inverse",
      multiplier: 100,
      base: "BTC",
      settle: "BTC",
      lot: decimal("1"),
    });
  });

  it("gives no grid before the first instant for which it is attested, but still the contract", () => {
    const early = terms("binance-usdm", "BTCUSDT", at("2022-12-29T23:59:59.999Z"));
    expect(early).toMatchObject({ kind: "perpetual", contract: "linear" });
    expect(early).not.toHaveProperty("tick");
    expect(early).not.toHaveProperty("lot");
    expect(terms("binance-usdm", "BTCUSDT", at("2022-12-30T00:00:00Z"))).toHaveProperty("tick");
  });

  it("changes grids at the venue's instant: BitMEX XBTUSD lot in 2021, tick in 2024", () => {
    const grid = (iso: string): unknown => {
      const { tick, lot } = terms("bitmex", "XBTUSD", at(iso));
      return { tick, lot };
    };
    const half = decimal("0.5");
    expect(grid("2021-06-08T04:29:59.999Z")).toEqual({ tick: half, lot: decimal("1") });
    expect(grid("2021-06-08T04:30:00Z")).toEqual({ tick: half, lot: decimal("100") });
    expect(grid("2024-07-31T03:59:59.999Z")).toEqual({ tick: half, lot: decimal("100") });
    expect(grid("2024-07-31T04:00:00Z")).toEqual({ tick: decimal("0.1"), lot: decimal("100") });
    expect(grid("2026-09-23T04:00:00Z")).toEqual({ tick: undefined, lot: undefined });
  });

  it("gives only a lot or only a tick where no source has the other", () => {
    const eth = terms("bitmex", "ETHUSD", at("2021-05-19T12:00:00Z"));
    expect(eth).toMatchObject({ contract: "quanto", settle: "XBT", tick: decimal("0.05") });
    expect(eth).not.toHaveProperty("lot");
  });

  it("knows Deribit's dated futures and option chains", () => {
    const when = at("2026-02-05T00:00:00Z");
    expect(terms("deribit", "BTC-6FEB26", when)).toMatchObject({
      kind: "future",
      contract: "inverse",
      tick: decimal("2.5"),
    });
    expect(terms("deribit", "ETH-27MAR26", when).tick).toEqual(decimal("0.25"));
    expect(terms("deribit", "BTC-OPTIONS", when)).toMatchObject({
      kind: "optionChain",
      quote: "BTC",
      tick: decimal("0.0001"),
      lot: decimal("0.1"),
    });
  });

  it("says of other instruments no more than their names leave no doubt of", () => {
    const kindOf = (venue: string, symbol: string): string =>
      terms(venue, symbol, at("2026-02-05T00:00:00Z")).kind;
    expect(kindOf("deribit", "SOL_USDC-PERPETUAL")).toBe("perpetual");
    expect(kindOf("deribit", "SOL-27MAR26")).toBe("future");
    expect(kindOf("deribit", "BTC-27FEB26-68000-P")).toBe("option");
    expect(kindOf("deribit", "XRP_USDC-27FEB26-0d5-C")).toBe("option");
    expect(kindOf("okex-options", "BTC-OPTIONS")).toBe("optionChain");
    expect(kindOf("binance-coinm", "SOLUSD_PERP")).toBe("perpetual");
    expect(kindOf("binance-usdm", "BTCUSDT_260327")).toBe("future");
    expect(kindOf("binance-usdm", "SOLUSDT")).toBe("unknown");
    expect(kindOf("binance", "SOLUSDT")).toBe("spot");
    expect(terms("kraken", "XBT-USD", at("2026-02-05T00:00:00Z"))).toEqual({
      kind: "unknown",
      contract: "unknown",
      multiplier: 1,
      base: "",
      quote: "",
      settle: "",
    });
  });

  it("has a source for every grid, exact steps, and no overlapping intervals", () => {
    const grids = INSTRUMENT_TABLE.flatMap((row) => row.grids);
    expect(grids.map(({ source }) => source)).not.toContain("");
    const steps = grids.flatMap(({ tick, lot }) => [tick, lot].filter((s) => s !== undefined));
    expect(steps.filter((step) => decimal(step).mantissa <= 0)).toEqual([]);
    const overlapping = INSTRUMENT_TABLE.filter((row) =>
      row.grids.some((grid, place) => {
        const next = row.grids[place + 1];
        return next !== undefined && !(at(grid.to ?? "") <= at(next.from));
      }),
    );
    expect(overlapping).toEqual([]);
  });
});
