import { CliError } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { tableText } from "../src/output.ts";
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

describe("tableText", () => {
  it("puts numbers to the right and texts to the left", () => {
    expect(
      tableText(
        ["name", "n"],
        [
          ["a", "1"],
          ["long", "1,000"],
        ],
      ),
    ).toBe("name      n\na         1\nlong  1,000");
  });
});
