import { CliError, micros, type StreamName } from "@aftershock/schema";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseBarLength } from "../src/barLength.ts";
import { recordedDays } from "../src/barsFile.ts";
import { barsRequest } from "../src/barsRequest.ts";

describe("parseBarLength", () => {
  it.each([
    ["1ms", 1_000],
    ["100ms", 100_000],
    ["1s", 1_000_000],
    ["90s", 90_000_000],
    ["5m", 300_000_000],
    ["1h", 3_600_000_000],
    ["24h", 86_400_000_000],
    ["1d", 86_400_000_000],
  ])("reads %s in µs", (text, length) => expect(parseBarLength(text)).toBe(length));

  it.each([
    "",
    "1",
    "s",
    "0s",
    "-1s",
    "1.5s",
    "1 s",
    "1S",
    "1sec",
    "1us",
    "2d",
    "25h",
    "1s1s",
    "1e3ms",
    "٣s",
  ])("refuses %j", (text) => expect(() => parseBarLength(text)).toThrow(CliError));
});

describe("barsRequest", () => {
  beforeEach(() => vi.stubEnv("INIT_CWD", "/here"));
  afterEach(() => vi.unstubAllEnvs());

  it("is nothing where no bars are asked for", () => expect(barsRequest({})).toBe(undefined));

  it("takes ten levels a side unless it is told otherwise, and the path as the user means it", () => {
    expect(barsRequest({ bars: "1s", out: "f.parquet" })).toEqual({
      every: 1_000_000,
      depth: 10,
      out: "/here/f.parquet",
      format: "parquet",
      force: false,
    });
    expect(barsRequest({ bars: "1s", out: "/f.arrow", depth: 3, force: true })).toMatchObject({
      depth: 3,
      out: "/f.arrow",
      force: true,
    });
  });

  it.each([
    ["a.parquet", "parquet"],
    ["A.PARQUET", "parquet"],
    ["a.b.arrow", "arrow"],
    ["a.ipc", "arrow"],
    ["a.feather", "arrow"],
  ])("knows by its ending what %s is", (out, format) =>
    expect(barsRequest({ bars: "1s", out })).toMatchObject({ format }),
  );

  it.each(["", "bars", "bars.csv", "bars.parquet.gz", ".parquet", "folder.parquet/x", "parquet"])(
    "refuses the name %j",
    (out) => expect(() => barsRequest({ bars: "1s", out })).toThrow(/ending names no format/),
  );

  it("refuses bars without a file, and what is of bars without them", () => {
    expect(() => barsRequest({ bars: "1s" })).toThrow("--bars needs a file");
    expect(() => barsRequest({ out: "f.parquet" })).toThrow(/^--out is of bars/);
    expect(() => barsRequest({ depth: 3 })).toThrow(/^--depth is of bars/);
    expect(() => barsRequest({ force: true })).toThrow(/^--force is of bars/);
    expect(() => barsRequest({ bars: "1s", out: "f.arrow", depth: 101 })).toThrow(CliError);
  });
});

describe("recordedDays", () => {
  const HOUR = 3_600_000_000;
  const partition = (stream: StreamName, id: string, date: string) => ({
    stream,
    instrument: { id },
    date,
  });
  const days = [partition("trades", "a:X", "1970-01-02"), partition("book", "a:X", "1970-01-03")];

  it("tells by day, stream and instrument", () => {
    const is = recordedDays(days, HOUR);
    expect(is("trades", "a:X", micros(23 * HOUR))).toBe(false);
    expect(is("trades", "a:X", micros(24 * HOUR))).toBe(true);
    expect(is("trades", "a:X", micros(47 * HOUR))).toBe(true);
    expect(is("trades", "a:X", micros(48 * HOUR))).toBe(false);
    expect(is("book", "a:X", micros(24 * HOUR))).toBe(false);
    expect(is("trades", "a:Y", micros(24 * HOUR))).toBe(false);
  });

  it("counts a bar that begins the day before", () => {
    const is = recordedDays(days, 7 * HOUR);
    expect(is("trades", "a:X", micros(21 * HOUR))).toBe(true);
    expect(is("trades", "a:X", micros(14 * HOUR))).toBe(false);
  });
});
