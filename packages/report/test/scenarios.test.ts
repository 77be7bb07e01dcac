import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";

import { rankedScenarios } from "../src/figures/scenarioRanking.ts";
import { renderReport, type ReportInput } from "../src/index.ts";
import { exampleInput } from "./exampleInput.ts";
import { exampleScenarios, scenarioInput } from "./exampleScenarios.ts";

const parse = (input: ReportInput) => parseHTML(renderReport(input)).document;
const shown = (element: { readonly textContent: string | null } | null | undefined): string =>
  (element?.textContent ?? "").replaceAll(/\s+/g, " ").trim();

describe("a page of scenarios", () => {
  const document = parse(scenarioInput());

  test("says in its first paragraph how far to trust it", () => {
    const first = document.querySelector("main p:not(.eyebrow)");
    expect(first?.getAttribute("class")).toBe("trust");
    const text = shown(first);
    expect(text).toMatch(/^How far to trust this\./);
    expect(text).toContain("1.4 % more than was printed");
    expect(text).toContain("12 other simulated days, 2001-02-01 to 2001-02-12");
    expect(text).toContain(
      "no calibrated band of the low for “No liquidations”, “Breaker” and “More margin”",
    );
    expect(text).toContain("“More margin” is a bound, no estimate.");
    expect(text).toContain("“Breaker” may end either way");
  });

  test("says what was asked, and the scenario that differs most, with its interval", () => {
    expect(shown(document.querySelector(".ask"))).toContain("under 4 other sets of rules");
    expect(shown(document.querySelector(".answer"))).toMatch(
      /The low of the record was 56,320\. Furthest from it ends No liquidations at 59,000 \(\+4\.8 %; draws 58,600 … 59,400\)\./,
    );
  });

  test("draws no change exactly on the record", () => {
    const svg = document.querySelector("#fig-scenario-paths svg.wide");
    const lines = [...(svg?.querySelectorAll("g[aria-label=line]") ?? [])];
    const paths = lines.map((line) =>
      [...line.querySelectorAll("path")].map((path) => path.getAttribute("d")),
    );
    const noChange = paths.find((own) => own.length === 1)?.[0];
    const record = paths.find((own) => own.length === exampleScenarios().length);
    expect(noChange?.length).toBeGreaterThan(100);
    expect(record?.[0]).toBe(noChange);
  });

  test("ranks by the middle, those without one after the others, and tells apart what has no calibrated band", () => {
    const { basis } = scenarioInput().study;
    const ranked = rankedScenarios(exampleScenarios(), basis!).map(({ name }) => name);
    expect(ranked).toEqual(["No liquidations", "Tranches", "No change", "Breaker", "More margin"]);
    const svg = document.querySelector("#fig-scenario-ranking svg.wide");
    expect(svg?.querySelectorAll("g[aria-label=dot] circle").length).toBe(3);
    const bars = [...(svg?.querySelectorAll("g[aria-label=bar]") ?? [])];
    expect(bars.filter((bar) => bar.getAttribute("stroke-dasharray") === "3,3").length).toBe(1);
    expect(shown(svg)).toContain("chance of a cascade 40 % · no calibrated band");
    expect(shown(svg)).toContain("a bound · no calibrated band");
  });

  test("shows who gains and who pays, the biases with their direction, and what is taken for granted", () => {
    const gains = document.querySelector("[aria-label='Who gains and who pays'] tbody");
    expect(gains?.querySelectorAll("tr").length).toBe(4);
    expect(shown(gains)).toContain("+3.00");
    const biases = shown(document.querySelector("[aria-label='Biases of every scenario']"));
    expect(biases).toContain("endogeneity");
    expect(biases).toContain("makes effects look smaller than they are");
    expect(biases).toContain("6.3 times");
    expect(shown(document.querySelector("main"))).toContain(
      "mark: no band (the rule does not say)",
    );
  });

  test("tells what each scenario leaves to be paid in a table of its own, so that both fit a page", () => {
    const headings = (name: string): readonly string[] =>
      [...document.querySelectorAll(`[aria-label='${name}'] thead th`)].map(shown);
    expect(headings("What each scenario came to")).toHaveLength(8);
    expect(headings("What each scenario leaves to be paid")).toHaveLength(5);
    const cells = document.querySelectorAll(
      "[aria-label='What each scenario leaves to be paid'] tbody tr:first-child td",
    );
    expect([...cells].map(shown)).toEqual(["No change", "0.0", "0.00", "120.00", "0.0"]);
  });

  test("gives no single number where there is none", () => {
    const rows = [
      ...document.querySelectorAll("[aria-label='What each scenario came to'] tbody tr"),
    ];
    const breaker = rows.map(shown).find((row) => row.startsWith("Breaker"));
    expect(breaker).toContain("no single number");
    expect(breaker).toContain("40 %");
  });

  test("labels its figures as simulated, and says what each of them shows", () => {
    for (const id of ["fig-scenario-paths", "fig-scenario-ranking"]) {
      const figure = document.getElementById(id);
      expect(figure?.querySelector("h3 .tag")?.textContent).toBe("simulated");
      for (const svg of figure?.querySelectorAll("svg.plot") ?? []) {
        expect(svg.getAttribute("aria-label")?.length).toBeGreaterThan(20);
        expect(svg.innerHTML).not.toContain("NaN");
      }
    }
  });

  test("without hedges has no empty parts of them", () => {
    const alone = parse(scenarioInput({ alone: true }));
    const headings = [...alone.querySelectorAll("h2")].map(shown);
    expect(headings).toContain("What other rules would have done");
    expect(headings.join()).not.toMatch(/hedges|options/i);
    expect(shown(alone.querySelector("main"))).not.toContain("The study has no outcome");
  });

  test("without scenarios is as it was", () => {
    const page = renderReport(exampleInput());
    expect(page).not.toContain("How far to trust this");
    expect(page).not.toContain("other rules");
  });

  test("never lets a name become markup", () => {
    const evil = `<img src=x onerror="alert(1)">'&"`;
    const input = scenarioInput();
    const { basis, scenarios = [], biases = [] } = input.study;
    const page = renderReport({
      ...input,
      study: {
        ...input.study,
        basis: { ...basis!, instrument: evil, population: evil, quote: evil, settle: evil },
        scenarios: scenarios.map((one, i) => ({
          ...one,
          name: `${evil}${i}`,
          description: evil,
          boundBecause: [evil],
          band: { none: evil },
          pathHash: evil,
        })),
        biases: biases.map((bias) => ({ ...bias, name: evil, says: evil })),
      },
    });
    expect(page).not.toContain("<img");
    expect(parseHTML(page).document.querySelectorAll("img, [onerror]").length).toBe(0);
  });
});
