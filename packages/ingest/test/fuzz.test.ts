import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  columnsOf,
  ConfigError,
  DataError,
  isInstrumentName,
  type StreamName,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import type { RowSink, SourceFile } from "../src/source.ts";
import { SOURCES } from "../src/sources.ts";
import { memoryFile } from "./memoryFile.ts";
import { mutated } from "./mutate.ts";
import type { Sample } from "./samples/sample.ts";

/** Cases over all formats; `AFTERSHOCK_FUZZ=1000000` for a long run. */
const CASES = Number(process.env["AFTERSHOCK_FUZZ"] ?? 100_000);

const folder = join(import.meta.dirname, "samples");
const modules = (await readdir(folder)).filter(
  (name) => name.endsWith(".ts") && name !== "sample.ts",
);
const SAMPLES: readonly Sample[] = (
  await Promise.all(
    modules.toSorted().map(async (name) => {
      const { samples } = (await import(join(folder, name))) as { samples: readonly Sample[] };
      return samples;
    }),
  )
).flat();

/** Formats that are not changed byte by byte, and why. */
const NOT_MUTATED: Readonly<Record<string, string>> = {
  cryptohft: "Parquet: its bytes are DuckDB's to read, and its rows are tested as they come out",
};

/** 1973 and 2255, µs. */
const TIMES = [1e14, Number.MAX_SAFE_INTEGER] as const;

/** What is wrong with a value for its column; undefined when nothing is. */
function wrongValue(type: string, nullable: boolean, value: unknown): string | undefined {
  if (value === undefined) return nullable ? undefined : "absent";
  if (type === "text") return typeof value === "string" && value !== "" ? undefined : "no text";
  if (type === "ticks" || type === "lots") {
    const { mantissa, decimals } = value as { mantissa: unknown; decimals: unknown };
    return Number.isSafeInteger(mantissa) && Number.isInteger(decimals) && Number(decimals) >= 0
      ? undefined
      : "no decimal";
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return "no number";
  if (type === "code" && (!Number.isInteger(value) || Math.abs(value) > 127)) return "no code";
  if (type === "count" && (!Number.isSafeInteger(value) || value < 0)) return "no count";
  return type === "micros" && !Number.isSafeInteger(value) ? "no time" : undefined;
}

/** Counts where each record of a file ended, and checks every row by its layout. */
function auditor(): {
  readonly sink: RowSink;
  readonly ends: Map<number, Set<string>>;
  readonly faults: string[];
} {
  const ends = new Map<number, Set<string>>();
  const faults: string[] = [];
  const end = (line: number, how: string): void => {
    const found = ends.get(line) ?? new Set<string>();
    if (how !== "row" && found.has(how)) faults.push(`line ${line}: ${how} twice`);
    ends.set(line, found.add(how));
  };
  const check = (
    stream: StreamName,
    venue: string,
    symbol: string,
    row: Record<string, unknown>,
  ): void => {
    if (!isInstrumentName(venue, symbol)) faults.push(`${stream}: instrument ${venue}:${symbol}`);
    const at = row["tsRecv"] ?? row["tsEvent"];
    if (typeof at !== "number" || at < TIMES[0] || at > TIMES[1])
      faults.push(`${stream}: time ${String(at)}`);
    for (const [name, { type, nullable }] of columnsOf(stream)) {
      const wrong = name === "seq" ? undefined : wrongValue(type, nullable, row[name]);
      if (wrong !== undefined) faults.push(`${stream}.${name} is ${String(row[name])}: ${wrong}`);
    }
  };
  const sink: RowSink = {
    row: (stream, venue, symbol, row) => {
      check(stream, venue, symbol, { ...row });
      end(row.line, "row");
    },
    quarantine: (line, reason) => {
      if (reason === "") faults.push(`line ${line.number}: quarantined without a reason`);
      end(line.number, "quarantine");
    },
    skip: (line) => end(line.number, "skip"),
    note: () => {},
    dataset: () => {},
  };
  return { sink, ends, faults };
}

async function recordsOf({ source }: Sample, file: SourceFile): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const records of source.records?.(file) ?? file.lines()) {
    for (const { number } of records) numbers.push(number);
  }
  return numbers;
}

/** What is wrong with the reading of a file; empty when each record came to exactly one end, or the file was refused. */
async function faultsOf(sample: Sample, content: Uint8Array): Promise<readonly string[]> {
  const { sink, ends, faults } = auditor();
  const file = memoryFile(sample.name, content);
  try {
    const reader = sample.source.createReader(sample.hints ?? {});
    await reader.read(file, sink);
    reader.finish?.(sink);
    const records = await recordsOf(sample, file);
    for (const number of records) {
      const found = [...(ends.get(number) ?? [])];
      if (found.length !== 1)
        faults.push(`record ${number} ended as ${found.join(" and ") || "nothing"}`);
    }
    const known = new Set(records);
    for (const number of ends.keys()) if (!known.has(number)) faults.push(`no record ${number}`);
  } catch (error) {
    if (!(error instanceof DataError) && !(error instanceof ConfigError)) {
      return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    }
  }
  return faults;
}

describe("every format", () => {
  it("has a sample, or a reason for having none", () => {
    const named = new Set([
      ...SAMPLES.map(({ source }) => source.name),
      ...Object.keys(NOT_MUTATED),
    ]);
    expect(SOURCES.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
  });

  it.each(SAMPLES.map((sample) => [`${sample.source.name} ${sample.name}`, sample] as const))(
    "reads its sample whole: %s",
    async (_name, sample) => {
      expect(await faultsOf(sample, Buffer.from(sample.content))).toEqual([]);
    },
  );

  const each = Math.ceil(CASES / Math.max(1, SAMPLES.length));
  it.each(SAMPLES.map((sample) => [`${sample.source.name} ${sample.name}`, sample] as const))(
    `loses no record and stores no broken row of %s, whatever bytes are changed (${each} cases)`,
    async (_name, sample) => {
      let bad: object | undefined;
      for (let seed = 1; seed <= each && bad === undefined; seed++) {
        const content = mutated(sample.content, seed);
        const faults = await faultsOf(sample, content);
        if (faults.length > 0) bad = { seed, content: content.toString("latin1"), faults };
      }
      expect(bad).toBeUndefined();
    },
    600_000,
  );
});
