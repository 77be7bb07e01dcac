/**
 * Errors of the shipped bands' middle on days of other seeds than the validation's: bias and RMSE beside those of "nothing changes", by rule.
 * `node --conditions=@aftershock/source test/validation/counterfactual/furtherDays.ts --first 13051 --days 50 --rules tranches,twap,breaker`
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BandTable } from "@aftershock/strategy";
import { PLANTED_RULE_NAMES } from "./plantedRules.ts";
import { scoreAll } from "./validate.ts";
import { missesIn } from "./validationPage.ts";
import { metricRows } from "./validationTables.ts";

const { values } = parseArgs({
  options: {
    /** The first seed, and how many days of each family. */
    first: { type: "string" },
    days: { type: "string" },
    rules: { type: "string", default: PLANTED_RULE_NAMES.join(",") },
    /** Where simulated days are kept between runs. */
    folder: { type: "string" },
    processes: { type: "string", default: "2" },
  },
});
const [first, days] = [Number(values.first), Number(values.days)];
if (!Number.isSafeInteger(first) || !(days > 0)) throw new Error("Give --first and --days");
const { tables } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../data/bands/planted.json"), "utf8"),
) as { readonly tables: readonly BandTable[] };
const scores = await scoreAll(
  {
    firstSeed: first,
    days,
    fits: join(import.meta.dirname, "plantedFits.json"),
    noisy: 0,
    views: 1,
    rules: values.rules,
    folder: values.folder,
  },
  Number(values.processes),
);
const bands = tables.find(({ positions }) => positions === "snapshot");
const count = new Set(scores.map(({ family, seed }) => `${family} ${seed}`)).size;
process.stdout.write(`${count} days, seeds from ${first}, all accounts known\n\n`);
process.stdout.write(
  "| rule | metric | bias / RMSE | nothing changes | of it |\n|---|---|---|---|---|\n",
);
for (const row of metricRows(scores, "snapshot", missesIn(bands))) {
  const { rule, metric, bias, rmse, unchanged } = row;
  const [told, beside] = [
    `${bias.toFixed(2)} / ${rmse.toFixed(2)}`,
    `${unchanged.toFixed(2)} | ${(bias / unchanged).toFixed(3)} / ${(rmse / unchanged).toFixed(3)}`,
  ];
  process.stdout.write(`| ${rule} | ${metric} | ${told} | ${beside} |\n`);
}
