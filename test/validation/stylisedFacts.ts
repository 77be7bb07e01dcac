/**
 * Measures the stylised facts of recorded captures and of simulated days alike, prints one table, and puts it between the marks of
 * docs/stylised-facts.md. What is written around the marks stays.
 *
 *     node --conditions=@aftershock/source test/validation/stylisedFacts.ts [--simulated crash-hour:1,crash-hour:2] [--calm-minutes 15]
 *       [--metaorders calm-day:1-8,crash-hour:1-24]
 *
 * The captures are those of `captureSet.ts` that ../shared/data holds; a simulated day is named by its preset and seed. All go through a
 * temporary lake, as a user's would. Run it again whenever the simulator changes.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  detectSource,
  type Duck,
  ingest,
  Lake,
  lakeStream,
  openDuck,
  storeBatches,
} from "@aftershock/ingest";
import { stylisedFacts } from "@aftershock/replay";
import {
  type EventStream,
  micros,
  MICROS_PER_MINUTE,
  parseUtcInstant,
  type StreamName,
} from "@aftershock/schema";
import { type PresetName, presetOf, simulate, SIMULATOR_VERSION } from "@aftershock/simulator";
import { type Capture, CAPTURES } from "./captureSet.ts";
import { type FactColumn, factsTable, outside } from "./factsTable.ts";
import { metaorderLaw, metaordersOf, metaorderTable } from "./metaorderLaw.ts";

const DATA = join(import.meta.dirname, "../../../shared/data/orderbook");
const PAGE = join(import.meta.dirname, "../../docs/stylised-facts.md");
const BEGIN = "<!-- measured -->";
const END = "<!-- end of what is measured -->";

/** Windows short enough for captures of half a minute, seconds. */
const WINDOW_SECONDS = 10;
const FACT_STREAMS: readonly StreamName[] = ["book", "orders", "trades", "liquidations"];

const { values } = parseArgs({
  options: {
    simulated: {
      type: "string",
      default: "crash-hour:1,crash-hour:2,crash-hour:3,short-squeeze:1,depeg:1",
    },
    "calm-minutes": { type: "string", default: "15" },
    metaorders: { type: "string", default: "calm-day:1-8,crash-hour:1-24" },
  },
});

/** The streams of an instrument in a lake, as facts take them. */
async function streamsOf(duck: Duck, lake: Lake, id: string): Promise<readonly EventStream[]> {
  const all = await lake.list();
  return FACT_STREAMS.flatMap((stream) => {
    const days = all
      .filter((day) => day.stream === stream && day.instrument.id === id)
      .toSorted((a, b) => (a.date < b.date ? -1 : 1));
    return days.length === 0 ? [] : [lakeStream(duck, lake, stream, days)];
  });
}

async function captured(duck: Duck, lake: Lake, capture: Capture): Promise<FactColumn> {
  const paths = capture.files.map((file) => join(DATA, file));
  await ingest({ lake, source: await detectSource(paths[0] ?? ""), paths });
  const streams = await streamsOf(duck, lake, capture.instrument);
  const from = parseUtcInstant(capture.from ?? "");
  const facts = await stylisedFacts(streams, {
    windowSeconds: WINDOW_SECONDS,
    ...(from === undefined ? {} : { from }),
  });
  return { name: capture.name, facts };
}

/** A preset and a seed, from `PRESET:SEED`; throws ConfigError where there is no such preset, and Error where the seed is no whole number. */
function plannedOf(name: string): { readonly preset: PresetName; readonly seed: number } {
  const [preset = "", seed = ""] = name.split(":");
  if (/^\d+$/.test(seed)) return { preset: presetOf(preset).name, seed: Number(seed) };
  throw new Error(`"${name}" is no PRESET:SEED; seeds are whole numbers from 0`);
}

/** A simulated day: its first minutes, and all of it. */
async function simulated(
  duck: Duck,
  lake: Lake,
  name: string,
  calmMinutes: number,
): Promise<{ readonly calm: FactColumn; readonly whole: FactColumn }> {
  const { preset, seed } = plannedOf(name);
  const day = simulate({ preset, seed });
  await storeBatches({
    lake,
    batches: day.batches(),
    instruments: day.instruments,
    loader: { name: "simulator", version: SIMULATOR_VERSION },
    simulated: { preset, seed },
  });
  const streams = await streamsOf(duck, lake, presetOf(preset).preset.traded.perpetual.id);
  const whole = await stylisedFacts(streams, { windowSeconds: WINDOW_SECONDS });
  const to = micros((whole.from ?? 0) + calmMinutes * MICROS_PER_MINUTE);
  const calm = await stylisedFacts(streams, { windowSeconds: WINDOW_SECONDS, to });
  const orders = metaordersOf(preset, seed);
  const early = orders.filter(({ from }) => from < to);
  return {
    calm: {
      name: `simulated ${preset} ${seed}, calm beginning`,
      facts: calm,
      metaorders: metaorderLaw(early),
    },
    whole: {
      name: `simulated ${preset} ${seed}, whole`,
      facts: whole,
      metaorders: metaorderLaw(orders),
    },
  };
}

/** A preset and its seeds, from `PRESET:FIRST-LAST`; throws as `plannedOf` does. */
function pooledOf(name: string): {
  readonly preset: PresetName;
  readonly seeds: readonly number[];
} {
  const [, day = "", last = ""] = /^(.*)-(\d+)$/.exec(name) ?? [];
  const { preset, seed: first } = plannedOf(day);
  return {
    preset,
    seeds: Array.from({ length: Number(last) - first + 1 }, (_, index) => first + index),
  };
}

/** The impact of the metaorders of many simulated days by size. */
function pooledMetaorders(name: string): string {
  const { preset, seeds } = pooledOf(name);
  const orders = seeds.flatMap((seed) => metaordersOf(preset, seed));
  return metaorderTable(`${preset}, seeds ${seeds.at(0)} to ${seeds.at(-1)}`, metaorderLaw(orders));
}

/** Does something with a lake of its own, which is gone afterwards. */
async function inLake<T>(work: (lake: Lake) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "aftershock-facts-"));
  try {
    return await work(new Lake(root));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** What the captures and the simulated days are, in a sentence or two for the page. */
function summary(
  captures: readonly FactColumn[],
  days: readonly { readonly calm: FactColumn; readonly whole: FactColumn }[],
): string {
  const list = (names: readonly string[]): string =>
    names.length === 0 ? "none" : names.join("; ");
  const calm = days.map((day) => day.calm);
  const whole = days.map((day) => day.whole);
  return [
    `Simulator version ${SIMULATOR_VERSION}, ${days.length} days; ${captures.length} captures of BTC and ETH.`,
    `Outside the captures' range in the calm beginning: ${list(outside(captures, calm))}.`,
    `Outside it over the whole hour, crash included: ${list(outside(captures, whole))}.`,
  ].join("\n\n");
}

const names = values.simulated.split(",").map((name) => name.trim());
// What cannot be made is told before anything is measured.
for (const name of names) plannedOf(name);
const pools = values.metaorders.split(",").map((name) => name.trim());
for (const name of pools) pooledOf(name);
const calmMinutes = Number(values["calm-minutes"]);
if (!(calmMinutes > 0)) throw new Error(`--calm-minutes ${values["calm-minutes"]} is not above 0`);

const duck = await openDuck();
const captures: FactColumn[] = [];
for (const capture of CAPTURES) {
  const missing = capture.files.find((file) => !existsSync(join(DATA, file)));
  if (missing === undefined) {
    captures.push(await inLake((lake) => captured(duck, lake, capture)));
    console.error(`measured ${capture.name}`);
  } else console.error(`left out ${capture.name}: ${missing} is not there`);
}
const days: { readonly calm: FactColumn; readonly whole: FactColumn }[] = [];
for (const name of names) {
  days.push(await inLake((lake) => simulated(duck, lake, name, calmMinutes)));
  console.error(`measured ${name}`);
}
duck.close();

const table = factsTable(captures, {
  calm: days.map(({ calm }) => calm),
  whole: days.map(({ whole }) => whole),
});
const metaorders = pools.map(pooledMetaorders).join("\n\n");
console.log(`${table}\n\n${metaorders}`);
const page = await readFile(PAGE, "utf8");
const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
if (before < 0 || after < before) throw new Error(`${PAGE} has no marks ${BEGIN} … ${END}`);
const measured = `${BEGIN}\n\n${summary(captures, days)}\n\n${table}\n\n### Impact of metaorders\n\n${metaorders}\n\n`;
await writeFile(PAGE, page.slice(0, before) + measured + page.slice(after));
