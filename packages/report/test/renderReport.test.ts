import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";

import { renderReport, type ReportInput } from "../src/index.ts";
import { exampleInput } from "./exampleInput.ts";

const parse = (input: ReportInput) => parseHTML(renderReport(input)).document;

/** The text of an element as a browser shows it: white space is one space. */
const shown = (element: { readonly textContent: string | null } | null | undefined): string =>
  (element?.textContent ?? "").replaceAll(/[ \n]+/g, " ").trim();

const text = (input: ReportInput): string => shown(parse(input).body);

/** The cells of the row of the answer that starts with a name. */
function answer(input: ReportInput, name: string): readonly string[] {
  const rows = [...parse(input).querySelectorAll("table.answers tbody tr")];
  const row = rows.find((candidate) => shown(candidate.querySelector("th")) === name);
  return [...(row?.querySelectorAll("td") ?? [])].map(shown);
}

describe("the page", () => {
  test("holds no script, no handler, no address and a policy that forbids every request", () => {
    for (const simulated of [true, false]) {
      const page = renderReport(exampleInput({ simulated }));
      const document = parseHTML(page).document;
      expect(document.querySelectorAll("script, iframe, object, embed, form, base").length).toBe(0);
      const policy = document.querySelector("meta[http-equiv=Content-Security-Policy]");
      expect(policy?.getAttribute("content")).toMatch(
        /^default-src 'none'; style-src 'unsafe-inline'; img-src data:/,
      );
      expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
        /https?:|\/\/[a-z]|@import|url\(|\son[a-z]+=|javascript:/i,
      );
    }
  });

  test("is the same bytes for the same input, and again after other figures were drawn", () => {
    const first = renderReport(exampleInput());
    renderReport(exampleInput({ simulated: true }));
    expect(renderReport(exampleInput())).toBe(first);
  });

  test("survives a round trip of its input through JSON", () => {
    const input = exampleInput({ simulated: true });
    const again = JSON.parse(JSON.stringify(input)) as ReportInput;
    expect(renderReport(again)).toBe(renderReport(input));
  });

  test("has no two elements of one id, and every figure says what it shows", () => {
    const document = parse(exampleInput({ simulated: true }));
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
    const drawings = [...document.querySelectorAll("svg.plot")];
    expect(drawings.length).toBe(2 * document.querySelectorAll("figure").length);
    for (const svg of drawings) {
      expect(svg.getAttribute("role")).toBe("img");
      expect(svg.getAttribute("aria-label")?.length).toBeGreaterThan(20);
      expect(svg.querySelector("title")?.textContent).toContain("(simulated data)");
      expect(svg.innerHTML).not.toContain("NaN");
    }
  });
});

describe("text of the input", () => {
  const evil = `<img src=x onerror="alert(1)">'&"`;

  test("never becomes markup, wherever it stands", () => {
    const input = exampleInput({ simulated: true });
    const { study, data } = input;
    const page = renderReport({
      ...input,
      title: evil,
      study: {
        ...study,
        venue: evil,
        configHash: evil,
        config: { [evil]: evil },
        portfolio: { [evil]: 1 },
        warnings: [evil],
        assumptions: [evil],
        outcomes: study.outcomes.map((outcome) => ({
          ...outcome,
          name: evil,
          description: evil,
          notes: [evil],
          trades: outcome.trades.map((trade) => ({ ...trade, instrument: evil, coin: evil })),
          series: outcome.series.map((point) => ({ ...point, indexPrices: { [evil]: 5 } })),
        })),
        chain: study.chain.map((snapshot) => ({ ...snapshot, coin: evil })),
      },
      market: { instrument: evil, bars: input.market?.bars ?? [], prints: [] },
      data: data.map((partition) => ({
        ...partition,
        instrument: evil,
        sha256: evil,
        sources: [{ name: evil, sha256: evil }],
        quality: { [evil]: 1 },
      })),
      generator: { version: evil, command: evil },
    });
    expect(page).not.toContain("<img");
    expect(parseHTML(page).document.querySelectorAll("img, [onerror], [src]").length).toBe(0);
    expect(page.split("alert(1)").length).toBeGreaterThan(30);
  });
});

describe("simulated data", () => {
  test("is announced before anything else and tagged on every figure", () => {
    const document = parse(exampleInput({ simulated: true }));
    const banner = document.querySelector("body > *");
    expect(banner?.getAttribute("class")).toBe("simulated");
    expect(banner?.textContent).toContain("SIMULATED");
    expect(document.querySelectorAll("figure h3 .tag").length).toBe(
      document.querySelectorAll("figure").length,
    );
  });

  test("is announced when a single partition is simulated, whatever the study says", () => {
    const input = exampleInput();
    const [first, ...others] = input.data;
    expect(text(input)).not.toMatch(/SIMULATED/);
    expect(text(input)).toContain("Nothing was simulated.");
    const mixed = { ...input, data: first ? [{ ...first, simulated: true }, ...others] : [] };
    expect(parse(mixed).querySelectorAll(".simulated").length).toBe(1);
    expect(text(mixed)).toContain(
      "Recorded: 8 partitions (26,852 rows). Simulated: 1 partition (3,280 rows).",
    );
  });
});

describe("the answer", () => {
  test("shows each hedge's equity, P&L and costs, and says where nothing is recorded", () => {
    const input = exampleInput();
    expect(answer(input, "Profit or loss")[0]).toBe("−$234,699−26.7\u00a0%");
    expect(answer(input, "premium")).toEqual(["$0", "$18,241", "$0"]);
    expect(answer(input, "spread")).toEqual(["$0", "$412", "not recorded"]);
    expect(answer(input, "funding")).toEqual(["$0", "$0", "−$812"]);
    expect(answer(input, "Cost of the hedge")).toEqual([
      "$0",
      "$18,916",
      "−$311without what is not recorded",
    ]);
  });

  test("names the highest and the lowest", () => {
    expect(shown(parse(exampleInput()).querySelector(".answer"))).toMatch(
      /^Short perpetual, 5 % band ended at .*, the highest\. Unhedged ended at .*, the lowest\.$/,
    );
  });
});

describe("the snapshots", () => {
  const rows = (input: ReportInput): number => {
    const table = parse(input).querySelector(
      "[aria-label='Equity of each hedge at each snapshot'] table",
    );
    return table?.querySelectorAll("tbody tr").length ?? 0;
  };

  test("are all shown, open while they are few and closed when they are minutes", () => {
    expect(rows(exampleInput())).toBe(39);
    expect(rows(exampleInput({ simulated: true }))).toBe(60);
    expect(rows(exampleInput({ simulated: true, snapshots: 1_440 }))).toBe(1_440);
    const open = (input: ReportInput): boolean =>
      [...parse(input).querySelectorAll("details[open] summary")].some((summary) =>
        shown(summary).endsWith("snapshots"),
      );
    expect(open(exampleInput())).toBe(true);
    expect(open(exampleInput({ simulated: true }))).toBe(false);
  });

  test("are thinned beyond that, which the page says, and the last one is kept", () => {
    const input = exampleInput({ simulated: true, snapshots: 4_001 });
    expect(rows(input)).toBe(1_335);
    expect(text(input)).toContain("1,335 of 4,001 snapshots");
  });

  test("show liquidation value only for a hedge for which it differs", () => {
    const headings = [...parse(exampleInput()).querySelectorAll("th")].map(
      (heading) => heading.textContent,
    );
    expect(headings.filter((heading) => heading?.endsWith("at bids"))).toEqual([
      "Put 30 d at 0.9 at bids",
    ]);
  });
});

describe("sparse input", () => {
  test("without market, options, trades and partitions still gives a page", () => {
    const input = exampleInput({ snapshots: 1 });
    const bare: ReportInput = {
      ...input,
      study: { ...input.study, outcomes: input.study.outcomes.slice(0, 1), chain: [] },
      data: [],
    };
    const document = parse(bare);
    expect([...document.querySelectorAll("figure")].map(({ id }) => id)).toEqual([
      "fig-equity",
      "fig-drawdown",
      "fig-index-BTC",
    ]);
    expect(renderReport(bare)).not.toContain("NaN");
  });

  test("with a market that never had a valid book draws no figure of it", () => {
    const input = exampleInput({ simulated: true });
    const bars = (input.market?.bars ?? []).map(({ at }) => {
      const none = undefined;
      return { at, close: none, bidDepth: none, askDepth: none, spreadBps: none, valid: false };
    });
    const document = parse({ ...input, market: { instrument: "sim:X", bars, prints: [] } });
    expect(document.querySelector("#fig-price, #fig-depth, #fig-spread")).toBe(null);
  });
});

test("golden: a small study gives the page in golden/smallStudy", () => {
  const folder = join(import.meta.dirname, "golden", "smallStudy");
  const [golden, changed] = [join(folder, "report.html"), join(folder, "report-changed.html")];
  const input = JSON.parse(readFileSync(join(folder, "input.json"), "utf8")) as ReportInput;
  const page = renderReport(input);
  const expected = existsSync(golden) ? readFileSync(golden, "utf8") : "";
  if (page === expected) rmSync(changed, { force: true });
  else writeFileSync(changed, page);
  expect(page === expected, `differs from ${golden}; see report-changed.html beside it`).toBe(true);
});
