import { resolve } from "node:path";
import { CliError, DataError } from "@aftershock/schema";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openLake } from "../src/lakeArgument.ts";
import { parseTime } from "../src/timeArgument.ts";

describe("parseTime", () => {
  it.each([
    ["2025-10-10T21:15:03.127004Z", 1_760_130_903_127_004],
    ["2025-10-10T21:15:03.127Z", 1_760_130_903_127_000],
    ["2025-10-10T21:15:03.1Z", 1_760_130_903_100_000],
    ["2025-10-10 21:15:03", 1_760_130_903_000_000],
    ["2025-10-10T23:15:03+02:00", 1_760_130_903_000_000],
    ["2025-10-10", 1_760_054_400_000_000],
    ["1760130903127004", 1_760_130_903_127_004],
  ])("reads %s in UTC to the microsecond", (text, micros) => {
    expect(parseTime(text)).toBe(micros);
  });

  it.each(["yesterday", "", "2025-13-01", "12:00", "1760130903", "2025-10-10T25:00:00Z"])(
    "refuses %j",
    (text) => expect(() => parseTime(text)).toThrow(CliError),
  );
});

describe("openLake", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ["named", "", "/named"],
    ["", "env", "/env"],
    ["", "", "/data/lake"],
  ])("takes an empty text for absent: --lake %j, AFTERSHOCK_LAKE %j", (option, variable, path) => {
    vi.stubEnv("INIT_CWD", "/");
    vi.stubEnv("AFTERSHOCK_LAKE", variable);
    expect(openLake(option).paths.root).toBe(resolve(path));
  });

  it("refuses what is a file, or lies below one", () => {
    const file = import.meta.filename;
    for (const path of [file, `${file}/lake`]) {
      expect(() => openLake(path)).toThrow(DataError);
      expect(() => openLake(path)).toThrow(`${file}: is not a folder`);
    }
  });
});
