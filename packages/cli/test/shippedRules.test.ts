import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadVenueRules, ruledVenues } from "../src/index.ts";

const SHIPPED = resolve(import.meta.dirname, "../../../data/rules");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-shipped-rules-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the rules of venues", () => {
  it("come with the program, and with the package that is published", async () => {
    expect(await ruledVenues()).toContain("binance-usdm");
    expect((await loadVenueRules("bitmex")).symbols).toEqual(["XBTUSD", "ETHUSD"]);
    const manifest = await readFile(join(import.meta.dirname, "../package.json"), "utf8");
    const { files, scripts } = JSON.parse(manifest) as {
      files: string[];
      scripts: Record<string, string>;
    };
    expect(files).toContain("data");
    expect(scripts["prepack"]).toMatch(/\.\.\/\.\.\/data\/rules /);
  });

  it("name the file and the place of what is wrong in it", async () => {
    const rules = JSON.parse(await readFile(join(SHIPPED, "binance-usdm.json"), "utf8")) as {
      margin: { BTCUSDT: { value: { tiers: { cap: number }[] } }[] };
    };
    rules.margin.BTCUSDT[1]!.value.tiers[3]!.cap += 1;
    const file = join(folder, "binance-usdm.json");
    await writeFile(file, JSON.stringify(rules));
    await expect(loadVenueRules("binance-usdm", folder)).rejects.toThrow(
      `${file}: margin.BTCUSDT[1].value.tiers[4].floor: 10000000 is not 10000001, the cap of the tier before: that is an overlap`,
    );
    await expect(loadVenueRules("okx", folder)).rejects.toThrow('no rules are known of "okx"');
  });
});
