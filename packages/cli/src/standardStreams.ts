import { Console } from "node:console";
import { errorCode } from "@aftershock/schema";
import { report } from "./failure.ts";

/**
 * Keeps stdout for data: what a study prints with `console` goes to stderr. And ends the process quietly when the reader of
 * stdout has gone (`| head`), while a reader of stderr that has gone ends nothing.
 */
export function guardStandardStreams(debug: boolean): void {
  Object.assign(console, new Console(process.stderr, process.stderr));
  process.stdout.on("error", (error) => {
    process.exit(errorCode(error) === "EPIPE" ? undefined : report(error, debug));
  });
  process.stderr.on("error", () => undefined);
}
