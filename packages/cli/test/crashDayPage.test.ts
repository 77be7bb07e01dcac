import { type CrashDay, loadCrashDays } from "@aftershock/ingest";
import { beforeAll, describe, expect, it } from "vitest";
import { catalogueFolder } from "../src/catalogueFolder.ts";
import { crashDayPage, fetchCommands } from "../src/crashDayPage.ts";

let days: readonly CrashDay[];
beforeAll(async () => {
  days = await loadCrashDays(catalogueFolder());
});

const dayOf = (date: string): CrashDay => days.find((day) => day.date === date)!;

const commands = (date: string): readonly string[] =>
  fetchCommands(dayOf(date)).map(({ command }) => command);

describe("the commands that fill the lake with a crash day", () => {
  it("name the data sets that the archive has of that day, and no set that holds the same events again", () => {
    expect(commands("2020-03-12")).toContain(
      "aftershock fetch binance-usdm BTCUSDT 2020-03-12 --streams trades,klines,fundingRate",
    );
    expect(commands("2023-08-17")).toContain(
      "aftershock fetch binance-usdm ETHBUSD 2023-08-17 --streams trades,klines,markPriceKlines,indexPriceKlines,premiumIndexKlines,fundingRate,metrics,bookDepth,bookTicker",
    );
    expect(commands("2024-08-05")).toContain(
      "aftershock fetch bybit BTCUSDT 2024-08-05 --streams trading,orderbook",
    );
  });

  it("name the archive where it is not the venue's own", () => {
    expect(commands("2025-10-10")).toContainEqual(
      expect.stringMatching(
        /^aftershock fetch binance-usdm BTCUSDT 2025-10-10 --streams orderbook\S* --via cryptohft$/,
      ),
    );
  });

  it("leave out what does not exist, what needs a subscription, and what fetch does not know", () => {
    const all = commands("2020-03-12").join("\n");
    expect(all).not.toMatch(/metrics|orderbook|tardis|kraken|coinm|hyperliquid/);
    const options = days.flatMap((day) => commands(day.date)).filter((one) => /OPTIONS/.test(one));
    expect(options).toEqual([]);
  });

  it("exist for every archive that fetch knows and that is free on some day", () => {
    const archives = days.flatMap((day) => fetchCommands(day).map(({ archive }) => archive));
    expect([...new Set(archives)].toSorted()).toEqual([
      "binance-vision",
      "bitmex",
      "bybit",
      "cryptohft",
      "deribit",
      "gate",
      "hyperliquid",
      "okx",
    ]);
  });

  it("are for instruments of the day, each with its status", () => {
    for (const day of days) {
      for (const { instrument, command, sets } of fetchCommands(day)) {
        expect(day.instruments).toContain(instrument);
        expect(command).toBe(
          `aftershock fetch ${instrument.replace(":", " ")} ${day.date} --streams ${sets.join(",")}${/ --via \S+$/.exec(command)?.[0] ?? ""}`,
        );
      }
    }
  });
});

describe("the page of a crash day", () => {
  it("marks what is not verified, and what may cost or be absent", () => {
    const page = crashDayPage(dayOf("2025-10-10"), []);
    expect(page.match(/\[unverified\]/g)?.length).toBe(
      dayOf("2025-10-10").facts.filter(({ verified }) => !verified).length,
    );
    expect(page).toMatch(/fetch hyperliquid BTC .*# Amazon charges your account/);
    expect(page).toMatch(/fetch binance USDEUSDT .*# may not exist/);
    expect(page).toMatch(/In the lake\nnothing of this day/);
  });
});
