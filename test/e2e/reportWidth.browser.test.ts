import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { renderReport, type ReportInput } from "@aftershock/report";
import type { ScenarioFigure, ScenarioFigures, ScenarioOutcome } from "@aftershock/strategy";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scenarioInput } from "../../packages/report/test/exampleScenarios.ts";
import { json } from "./aftershock.ts";
import { CHROMIUM, hasChromium, launchChromium, openPage } from "./openPage.ts";

/** A table's box: its name, and by how many pixels its table is wider. */
interface Box {
  readonly name: string;
  readonly beyond: number;
}

const BOXES = `[...document.querySelectorAll(".scroll")].map((box) => ({
  name: box.getAttribute("aria-label"),
  beyond: box.scrollWidth - box.clientWidth,
}))`;

const times = (figure: ScenarioFigure, factor: number): ScenarioFigure => {
  const of = (value: number | null): number | null => (value === null ? null : value * factor);
  const { low, low50, mid, high50, high, spread, record } = figure;
  return {
    low: of(low),
    low50: of(low50),
    mid: of(mid),
    high50: of(high50),
    high: of(high),
    spread: spread && {
      low: spread.low * factor,
      low50: spread.low50 * factor,
      high50: spread.high50 * factor,
      high: spread.high * factor,
    },
    record: record * factor,
  };
};

/** Prices of six digits, and amounts of tens of billions. */
const enlarged = <Figures extends ScenarioFigures>(figures: Figures): Figures => ({
  ...figures,
  low30: times(figures.low30, 2),
  last: times(figures.last, 2),
  forcedNotional: times(figures.forcedNotional, 200),
  liquidated: times(figures.liquidated, 1_000),
  owed: times(figures.forcedNotional, 100),
  badDebt: times(figures.fund, 1e6),
  fund: times(figures.fund, 1e6),
  adl: times(figures.forcedNotional, 100),
});

/** A study of large numbers, and of names as long as authors write them. */
function large(): ReportInput {
  const input = scenarioInput();
  const scenarios = (input.study.scenarios ?? []).map((one): ScenarioOutcome => ({
    ...enlarged(one),
    name: `${one.name}, as the working group of the venue has proposed it in its second paper`,
    horizons: one.horizons.map(enlarged),
  }));
  return { ...input, study: { ...input.study, scenarios } };
}

describe.skipIf(!hasChromium)(`the widths of a report (needs ${CHROMIUM})`, () => {
  let folder: string;
  let browser: Browser;
  const pages: Record<string, string> = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aftershock-width-"));
    const out = ["--out", join(folder, "demo")];
    const { report } = await json<{ readonly report: string }>(
      join(folder, "lake"),
      "run",
      "demo",
      ...out,
    );
    pages["the demo"] = report;
    pages["large numbers"] = join(folder, "large.html");
    await writeFile(pages["large numbers"], renderReport(large()));
    browser = await launchChromium();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ["the demo", 1_200, true],
    ["the demo", 800, false],
    ["the demo", 390, false],
    ["large numbers", 1_200, true],
    ["large numbers", 800, false],
  ])("of %s hold all tables at %d px, or the tables alone scroll", async (name, width, holds) => {
    const address = pathToFileURL(pages[name] ?? "").href;
    const { page } = await openPage(browser, address, { width, height: 900 });
    await page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))");
    const boxes = await page.evaluate<readonly Box[]>(BOXES);
    expect(boxes.map((box) => box.name)).toEqual(
      expect.arrayContaining([
        "What each scenario came to",
        "What each scenario leaves to be paid",
      ]),
    );
    if (holds) expect(boxes.filter(({ beyond }) => beyond > 0)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    await page.close();
  });
});
