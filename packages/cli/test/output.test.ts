import { DataError } from "@aftershock/schema";
import { afterEach, describe, expect, it, vi } from "vitest";
import { report } from "../src/failure.ts";
import { printLine, tableText } from "../src/output.ts";

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

  it("lays out more rows than a call takes arguments", () => {
    const rows = Array.from({ length: 300_000 }, (_, n) => [String(n)]);
    expect(tableText(["n"], rows).split("\n").at(-1)).toBe("299999");
  });

  it("shows control characters instead of sending them to the terminal", () => {
    expect(tableText(["a\u0007"], [["\u001B[31mred\nline\u009B"]])).toBe(
      "a\\u0007\n\\u001b[31mred\\u000aline\\u009b",
    );
  });
});

describe("what is printed", () => {
  afterEach(() => vi.restoreAllMocks());

  it("has no control characters in a line", () => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    printLine("one\ntwo \u001B]0;title\u0007");
    expect(write).toHaveBeenCalledWith("one\ntwo \\u001b]0;title\\u0007\n");
  });

  it("has none in an error", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    report(new DataError("the header is \u001B[2J\u0000", { hints: ["See\n\u0008it."] }), true);
    const [lines, stack] = write.mock.calls.map(([text]) => text);
    expect(lines).toBe("error: the header is \\u001b[2J\\u0000\nhint: See \\u0008it.\n");
    expect(stack).toMatch(/^DataError: the header is \\u001b\[2J\\u0000\n +at /);
  });

  it.each([
    ["ENOTDIR", /file and not a folder/],
    ["ENAMETOOLONG", /shorter/],
    ["EEXIST", /already/],
    ["EPERM", /does not allow/],
  ])("says what to do about %s", (code, hint) => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    report(Object.assign(new Error(`${code}: it failed`), { code }), false);
    expect(write.mock.calls[0]?.[0]).toMatch(hint);
  });
});
