import type {
  Outcome,
  ResultsUnderScenarios,
  ScenarioHedges,
  StrategyOutcome,
} from "@aftershock/strategy";

import { formatNumber, formatPercent, formatUsd, formatUsdChange } from "../format.ts";
import { type Html, html } from "../html.ts";
import { type Column, table } from "../table.ts";

/** Settle currency: of coins more digits than of dollars. */
const money = (value: number): string => {
  const size = Math.abs(value);
  return formatNumber(value, size < 1 ? 5 : size < 1_000 ? 2 : 0);
};

const cell = (pnl: string, isLoss: boolean, rest: string): Html =>
  html`<span class="${isLoss ? "bad" : "good"}">${pnl}</span><br /><small>${rest}</small>`;

function hedgeCell(outcome: Outcome | undefined): Html {
  if (outcome === undefined) return html``;
  const { pnlUsd, endUsd, maxDrawdown } = outcome.metrics;
  const { usd, fraction } = maxDrawdown;
  const share = fraction === null ? "" : ` (${formatPercent(fraction)})`;
  const rest = `end ${formatUsd(endUsd)}, drawdown ${formatUsd(usd)}${share}`;
  return cell(formatUsdChange(pnlUsd), pnlUsd < 0, rest);
}

function strategyCell(outcome: StrategyOutcome | undefined): Html {
  if (outcome === undefined) return html``;
  const { pnl, end, maxDrawdown, settle } = outcome;
  const sign = pnl > 0 ? "+" : "";
  const rest = `end ${money(end)}, drawdown ${money(maxDrawdown.amount)}`;
  return cell(`${sign}${money(pnl)} ${settle}`, pnl < 0, rest);
}

/** A row a scenario, a column a hedge or strategy: profit or loss, and below it equity at the end and the maximum drawdown. */
export function underScenariosTable({ scenarios, band }: ResultsUnderScenarios): Html {
  const [first] = scenarios;
  const columns: Column<ScenarioHedges>[] = [
    {
      heading: "scenario",
      kind: "text",
      cell: ({ scenario, identical, diverged }) =>
        html`${scenario}${identical && html`<br /><small>the record</small>`}${
          diverged && html`<br /><small class="absent">diverges</small>`
        }`,
    },
    ...(first?.hedges ?? []).map(({ name }, i) => ({
      heading: name,
      cell: ({ hedges }: ScenarioHedges) => hedgeCell(hedges[i]),
    })),
    ...(first?.strategies ?? []).map(({ name }, i) => ({
      heading: name,
      cell: ({ strategies }: ScenarioHedges) => strategyCell(strategies[i]),
    })),
  ];
  return table(columns, scenarios, {
    name: "What hedges and strategies came to under each scenario",
    caption: `Profit or loss; below it equity at the end and the maximum drawdown. Hedges in US dollars as above, strategies in the currency their contract pays. No error band: ${band.none}.`,
  });
}
