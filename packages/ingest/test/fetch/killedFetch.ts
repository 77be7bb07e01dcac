// A program for a test: fetches one file, and kills itself right before its n-th operation on files below `raw`.
import { promises } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { fastClock } from "./fastClock.ts";

const [lakeRoot = "", origin = "", text = "0"] = process.argv.slice(2);
let left = Number(text);

function step(path: unknown): void {
  if (!String(path).includes("/raw/")) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}

const { open, rename, rm, mkdir } = promises;
promises.open = async (path, flags, mode) => {
  step(path);
  const handle = await open(path, flags, mode);
  for (const name of ["write", "writeFile", "sync", "close"] as const) {
    const original = handle[name].bind(handle) as (...args: unknown[]) => Promise<never>;
    Object.assign(handle, {
      [name]: (...args: unknown[]) => {
        step(path);
        return original(...args);
      },
    });
  }
  return handle;
};
promises.rename = (from, to) => {
  step(from);
  return rename(from, to);
};
promises.rm = (path, options) => {
  step(path);
  return rm(path, options);
};
promises.mkdir = ((path, options) => {
  step(path);
  return mkdir(path, options);
}) as typeof promises.mkdir;
syncBuiltinESMExports();

const { fetchRaw } = await import("../../src/fetch/fetchRaw.ts");
const { planFetch } = await import("../../src/fetch/planFetch.ts");
const { Lake } = await import("../../src/store/lake.ts");
const [file] = await fetchRaw({
  lake: new Lake(lakeRoot),
  plan: planFetch({
    venue: "bybit",
    instrument: "BTCUSDT",
    days: ["2024-08-05"],
    streams: ["trading"],
  }),
  clock: fastClock(),
  userAgent: "test",
  idleMs: 1e9,
  hosts: new Map([["public.bybit.com", origin]]),
});
process.exitCode = file?.status === "fetched" || file?.status === "present" ? 0 : 1;
