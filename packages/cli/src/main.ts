import { report } from "./failure.ts";
import { createProgram } from "./program.ts";
import { guardStandardStreams } from "./standardStreams.ts";

const debug = process.argv.includes("--debug");
guardStandardStreams(debug);
try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error, debug);
}
