import { join } from "node:path";
import { compiled } from "./compiled.ts";
import { type Contender, notInstalled, PEERS } from "./contend.ts";

const PYTHON = join(PEERS, ".venv/bin/python");
const RUST = "rust/target/release/aftershock-bench-peers";

/** A contender that is a script of this folder run by this Node. */
export const inNode = (name: string, script: string, parameters: readonly string[]): Contender => ({
  name,
  program: process.execPath,
  parameters: ["--conditions=@aftershock/source", join(PEERS, script), ...parameters],
});

/** A contender that is a script of this folder run by the Python that `install.sh` prepares. */
export const inPython = (
  name: string,
  script: string,
  parameters: readonly string[],
): Contender => ({
  name,
  program: PYTHON,
  parameters: ["-W", "ignore", join(PEERS, script), ...parameters],
  missing: notInstalled(".venv"),
});

/** A contender of the program in Rust that `install.sh` compiles. */
export const inRust = (name: string, parameters: readonly string[]): Contender => ({
  name,
  program: join(PEERS, RUST),
  parameters,
  missing: notInstalled(RUST),
});

/** Makes contenders of a program of test/bench/cpp, which is compiled once. */
export function inCpp(source: string): (name: string, parameters: readonly string[]) => Contender {
  const { path = "", missing } = compiled(source);
  return (name, parameters) => ({ name, program: path, parameters, missing });
}

/** The same contender on the first rows of the stream only. */
export const first = (rows: number, contender: Contender): Contender => ({
  ...contender,
  parameters: [...contender.parameters, String(rows)],
  rows,
});
