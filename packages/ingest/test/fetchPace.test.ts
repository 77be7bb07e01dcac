import { describe, expect, it } from "vitest";
import type { FetchClock } from "../src/fetch/fetchClock.ts";
import { HostGates } from "../src/fetch/hostGate.ts";
import { limitsOf } from "../src/fetch/hosts.ts";
import { Interruption, pauseMs, retryAfterMs } from "../src/fetch/retries.ts";
import { whileAlive } from "../src/fetch/whileAlive.ts";
import { fastClock } from "./fetch/fastClock.ts";

/** A clock that stands still, and goes on by as much as it is to wait. */
function steppingClock(): FetchClock & { at: number; readonly waits: number[] } {
  const waits: number[] = [];
  return {
    at: 1_000_000,
    waits,
    now() {
      return this.at;
    },
    wait(ms) {
      waits.push(ms);
      this.at += ms;
      return Promise.resolve();
    },
  };
}

describe("requests to a host", () => {
  it("start as far from each other as it wants, and not later than that", async () => {
    const clock = steppingClock();
    const gates = new HostGates(4, clock);
    const starts: number[] = [];
    for (let n = 0; n < 3; n++) {
      await gates.turn("api.cryptohftdata.com");
      starts.push(clock.at);
    }
    clock.at += 5_000;
    await gates.turn("api.cryptohftdata.com");
    const { spacingMs } = limitsOf("api.cryptohftdata.com");
    expect(starts).toEqual([1_000_000, 1_000_000 + spacingMs, 1_000_000 + 2 * spacingMs]);
    expect(clock.waits).toEqual([spacingMs, spacingMs]);
  });

  it("wait for no other host", async () => {
    const clock = steppingClock();
    const gates = new HostGates(4, clock);
    for (const host of ["a.example", "b.example", "c.example"]) await gates.turn(host);
    expect(clock.waits).toEqual([]);
  });

  it.each([
    ["history.deribit.com", 4, 1],
    ["data.binance.vision", 2, 2],
    ["data.binance.vision", 50, 4],
  ])("to %s run, of %i wanted, %i at once", async (host, jobs, expected) => {
    const gates = new HostGates(jobs, steppingClock());
    let [atOnce, most] = [0, 0];
    const run = async (): Promise<void> => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await Promise.resolve();
      atOnce -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => gates.download(host, run)));
    expect(most).toBe(expected);
  });
});

describe("pauses", () => {
  it("double", () => {
    expect([0, 1, 2, 3, 4].map(pauseMs)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  });

  const NOW = Date.UTC(2026, 10, 21, 12);
  it.each([
    ["120", 120_000],
    ["0", 0],
    ["Sat, 21 Nov 2026 12:00:30 GMT", 30_000],
    ["Sat, 21 Nov 2026 11:00:00 GMT", 0],
    ["soon", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("are what Retry-After %j says", (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});

describe("what is watched for life", () => {
  const stopped = new AbortController().signal;
  const aborted = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(new Error("aborted")));
    });

  it("is stopped when nothing happens for so long, and says so", async () => {
    const watched = whileAlive({ clock: steppingClock(), idleMs: 20_000, stopped }, aborted);
    await expect(watched).rejects.toThrow(Interruption);
    await expect(watched).rejects.toThrow("nothing came for 20 s");
  });

  it("is left alone as long as something happens", async () => {
    const clock = steppingClock();
    const realWait = clock.wait.bind(clock);
    let news = 0;
    let alive = (): void => {};
    clock.wait = async (ms) => {
      await realWait(ms / 2);
      news += 1;
      if (news < 10) alive();
    };
    const watched = whileAlive({ clock, idleMs: 1_000, stopped }, (signal, tell) => {
      alive = tell;
      return aborted(signal);
    });
    await expect(watched).rejects.toThrow("nothing came for 1 s");
    expect(news).toBeGreaterThan(10);
  });

  it("keeps its own error", async () => {
    const own = whileAlive({ clock: fastClock(1), idleMs: 1e9, stopped }, () =>
      Promise.reject(new Error("its own")),
    );
    await expect(own).rejects.toThrow("its own");
  });

  it("hears when everything is to stop", async () => {
    const stop = new AbortController();
    const never: FetchClock = {
      now: () => 0,
      wait: (_, signal) =>
        new Promise((done) => {
          signal?.addEventListener("abort", () => done());
        }),
    };
    const watched = whileAlive({ clock: never, idleMs: 1_000, stopped: stop.signal }, aborted);
    stop.abort();
    await expect(watched).rejects.toThrow("aborted");
  });
});
