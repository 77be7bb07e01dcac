import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bytesText, FetchDisplay, secondsText } from "../src/fetchDisplay.ts";

let written: string[];
const isTerminal = process.stderr.isTTY;

beforeEach(() => {
  vi.useFakeTimers({ now: 0, toFake: ["Date"] });
  written = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  process.stderr.isTTY = isTerminal;
});

const MIB = 1 << 20;

function display(terminal: boolean, files: number): FetchDisplay {
  process.stderr.isTTY = terminal;
  return new FetchDisplay(files);
}

describe("the display of downloads", () => {
  it("on a terminal is a line a file and a total, drawn over and taken away at the end", () => {
    const shown = display(true, 3);
    vi.setSystemTime(1_000);
    shown.update({ path: "host/a.zip", bytes: 1 * MIB, total: 4 * MIB, ended: false });
    vi.setSystemTime(2_000);
    shown.update({ path: "host/b\u001b.zip", bytes: 1 * MIB, ended: false });
    vi.setSystemTime(3_000);
    shown.update({ path: "host/a.zip", bytes: 4 * MIB, total: 4 * MIB, ended: true });
    shown.done();
    const last = written.at(-2) ?? "";
    expect(written[0]).toMatch(/host\/a\.zip +25 % 1\.0 MiB\nfetch: 0 of 3 files · 1\.0 MiB/);
    expect(last.startsWith("\u001B[3A\r\u001B[J")).toBe(true);
    expect(last).toMatch(
      /host\/b\\u001b\.zip +1\.0 MiB\nfetch: 1 of 3 files · 5\.0 MiB · \S+ [KM]iB\/s · about \d+:\d\d left\n$/,
    );
    expect(written.at(-1)).toBe("\u001B[2A\r\u001B[J");
  });

  it("in a log is a line now and then, without codes", () => {
    const shown = display(false, 2);
    for (let second = 1; second <= 11; second++) {
      vi.setSystemTime(second * 1_000);
      shown.update({ path: "host/a.zip", bytes: second * MIB, total: 20 * MIB, ended: false });
    }
    shown.done();
    expect(written).toHaveLength(2);
    for (const line of written) {
      expect(line).toMatch(/^fetch: 0 of 2 files · \d+\.0 MiB · .*left\n$/);
    }
  });

  it("takes bytes that were there before for no speed, and a missing file for no size", () => {
    const shown = display(true, 3);
    vi.setSystemTime(100);
    shown.update({ path: "gone", bytes: 0, total: 0, ended: true });
    shown.update({ path: "there", bytes: 100 * MIB, total: 100 * MIB, ended: true });
    shown.update({ path: "new", bytes: 0, total: 100 * MIB, ended: false });
    vi.setSystemTime(1_000);
    shown.update({ path: "new", bytes: 10 * MIB, total: 100 * MIB, ended: false });
    expect(written.at(-1)).toMatch(
      /fetch: 2 of 3 files · 110\.0 MiB · 10\.0 MiB\/s · about 0:09 left/,
    );
  });

  it("says nothing of the time left as long as no size is known", () => {
    const shown = display(true, 2);
    vi.setSystemTime(1_000);
    shown.update({ path: "page", bytes: 1_000, ended: false });
    expect(written.at(-1)).toMatch(/fetch: 0 of 2 files · 1000 B · \d+ B\/s\n$/);
  });
});

describe("figures", () => {
  it.each([
    [0, "0 B"],
    [1_023, "1023 B"],
    [1_024, "1.0 KiB"],
    [88_290_099, "84.2 MiB"],
    [2 ** 40, "1.0 TiB"],
    [2 ** 52, "4096.0 TiB"],
  ])("%i bytes are %s", (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it.each([
    [0.4, "0:00"],
    [187, "3:07"],
    [3_753, "1:02:33"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(secondsText(seconds)).toBe(text);
  });
});
