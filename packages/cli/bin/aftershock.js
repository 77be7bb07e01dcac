#!/usr/bin/env node
// Plain JavaScript, so that an old Node gets a sentence and not a syntax error.
const OLDEST = 24;
const major = Number(process.versions.node.split(".")[0]);
if (major < OLDEST) {
  process.stderr.write(
    `error: Aftershock needs Node ${OLDEST} or newer, this is ${process.versions.node}\n` +
      `hint: in the workspace run \`pnpm aftershock …\`, which brings its own Node where one exists for your platform; elsewhere install Node ${OLDEST}.\n`,
  );
  process.exit(1);
}
// What was compiled is kept in the folder for temporary files: the next start takes a third of the time.
const { enableCompileCache } = await import("node:module");
enableCompileCache();
const fromSource = process.execArgv.some((flag) => flag.includes("@aftershock/source"));
await import(fromSource ? "../src/main.ts" : "../dist/main.js");
