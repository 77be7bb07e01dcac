import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A C++ program of test/bench/cpp, compiled; or why there is none. */
export type Compiled =
  | { readonly path: string; readonly missing?: undefined }
  | { readonly path?: undefined; readonly missing: string };

const SOURCES = join(import.meta.dirname, "../cpp");

/** Compiles a C++ program of test/bench/cpp into a temporary folder that goes with this process. */
export function compiled(name: string): Compiled {
  if (spawnSync("g++", ["--version"]).status !== 0) return { missing: "there is no g++" };
  const folder = mkdtempSync(join(tmpdir(), "aftershock-cpp-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  const flags = ["-std=c++20", "-O3", "-march=native", "-o", path];
  execFileSync("g++", [...flags, join(SOURCES, `${name}.cpp`)], { stdio: "inherit" });
  return { path };
}
