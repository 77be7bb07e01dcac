import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, json } from "./aftershock.ts";

const DATA = join(import.meta.dirname, "../../../shared/data/crash-2025-10-10/hyperliquid-adl");
const DELEVERAGED = join(DATA, "high_leverage_outliers_analysis.csv.gz");

/** What `accounts --json` prints, as far as it is looked at. */
interface Accounts {
  readonly simulated: boolean;
  readonly unverified: readonly { readonly symbol: string; readonly part: string }[];
  readonly currencies: readonly {
    readonly currency: string;
    readonly count: number;
    readonly toBeLiquidated: number;
    readonly accounts: readonly {
      readonly equity: number;
      readonly maintenance: number;
      readonly isDue: boolean;
      readonly positions: readonly {
        readonly instrument: string;
        readonly size: number;
        readonly mark: number;
        readonly liquidationAbove?: number;
      }[];
    }[];
    readonly leftOut: readonly { readonly why: string }[];
    readonly exits: readonly {
      readonly instrument: string;
      readonly mark: number;
      readonly now: { readonly accounts: number };
      readonly above: readonly {
        readonly accounts: number;
        readonly low: number;
        readonly high: number;
      }[];
    }[];
  }[];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-accounts-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("aftershock accounts", () => {
  it("says how it is used, and what the lake holds where it has no positions", async () => {
    const missing = await aftershock(folder, "accounts", "hyperliquid");
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/--at/)]);
    const empty = await aftershock(folder, "accounts", "bybit", "--at", "2025-10-10T21:20:00Z");
    expect([empty.code, empty.stdout]).toEqual([1, ""]);
    expect(empty.stderr).toMatch(/no positions at bybit.*\n.*Ingest/);
    const mark = await aftershock(
      folder,
      "accounts",
      "bybit",
      "--at",
      "2025-10-10",
      "--mark",
      "BTC=0",
    );
    expect([mark.code, mark.stderr]).toEqual([2, expect.stringMatching(/SYMBOL=PRICE/)]);
  });
});

describe.skipIf(!existsSync(DELEVERAGED))("accounts of the deleveraged of 2025-10-10", () => {
  const AT = "2025-10-10T21:20:00Z";
  let lake: string;
  beforeAll(async () => {
    lake = join(folder, "hyperliquid");
    await json(lake, "ingest", DELEVERAGED);
  });

  it("are worth what was recorded, and are liquidated where equity meets half of the initial margin at 40x", async () => {
    const { currencies, simulated, unverified } = await json<Accounts>(
      lake,
      "accounts",
      "hyperliquid",
      "--at",
      AT,
      "--top",
      "500",
    );
    expect(simulated).toBe(false);
    expect(unverified.some(({ symbol, part }) => symbol === "BTC" && part === "liquidation")).toBe(
      true,
    );
    const [usdc] = currencies;
    expect(usdc?.currency).toBe("USDC");
    expect(usdc?.count).toBeGreaterThan(100);
    expect(usdc?.leftOut.length).toBeGreaterThan(0);
    for (const { equity, maintenance, isDue, positions } of usdc?.accounts ?? []) {
      expect(isDue).toBe(equity < maintenance);
      const [only] = positions;
      if (positions.length > 1 || only?.instrument !== "hyperliquid:BTC") continue;
      const { size, mark, liquidationAbove = Number.NaN } = only;
      expect(size).toBeLessThan(0);
      expect(maintenance).toBeCloseTo(Math.abs(size) * mark * 0.0125, 3);
      // A short of q at mark m with equity E is liquidated at m + E'/q, where E − q(p − m) = 0.0125 q p.
      const price = (mark + equity / -size) / 1.0125;
      if (!isDue) expect(liquidationAbove).toBeCloseTo(price, 0);
    }
  });

  it("are counted once each in the map of forced exits, and more are due at a higher mark", async () => {
    const now = await json<Accounts>(lake, "accounts", "hyperliquid", "--at", AT);
    const dearer = await json<Accounts>(
      lake,
      "accounts",
      "hyperliquid",
      "--at",
      AT,
      "--mark",
      "BTC=111000",
    );
    const btc = now.currencies[0]?.exits.find(({ instrument }) => instrument === "hyperliquid:BTC");
    const later = dearer.currencies[0]?.exits.find(
      ({ instrument }) => instrument === "hyperliquid:BTC",
    );
    const rise = (btc?.above ?? []).filter(({ high }) => high < 111_000);
    const expected = rise.reduce((sum, { accounts }) => sum + accounts, btc?.now.accounts ?? 0);
    expect(later?.mark).toBe(111_000);
    expect(later?.now.accounts).toBeGreaterThanOrEqual(expected);
    expect(expected).toBeGreaterThan(50);
  });

  it("prints a page that a stranger can read, with what is not sure of the rules", async () => {
    const { stdout, code } = await aftershock(
      lake,
      "accounts",
      "hyperliquid",
      "--at",
      AT,
      "--top",
      "2",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Accounts at hyperliquid, 2025-10-10T21:20:00/);
    expect(stdout).toMatch(/Left out: \d+ that hold what no margin is known of/);
    expect(stdout).toMatch(/Forced exits of hyperliquid:BTC by its mark/);
    expect(stdout).toMatch(/^! liquidation of BTC.*not verified/m);
  });
});
