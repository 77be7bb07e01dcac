import { report } from "./failure.ts";
import { createProgram } from "./program.ts";

const debug = process.argv.includes("--debug");
try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error, debug);
}
