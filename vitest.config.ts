import { defineConfig } from "vitest/config";

/** The export condition under which a workspace package resolves to its TypeScript, so that tests need no build. */
const source = "@aftershock/source";

if (Number.parseInt(process.versions.node, 10) < 24) {
  throw new Error(
    `Node ${process.versions.node} runs these tests, and they need Node 24 or later. ` +
      "Run `npm test`: it uses the Node 24 that the install brings, where there is one for this platform.",
  );
}

export default defineConfig({
  resolve: { conditions: [source] },
  ssr: { resolve: { conditions: [source] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "test/architecture/fixture/**"],
    execArgv: [`--conditions=${source}`],
    // Many tests wait for processes that they start: by default one of two cores would be left idle.
    maxWorkers: "100%",
    // Modules are loaded once a worker and not once a file: a test that changes what they see takes it back, and resets them where they have kept it.
    isolate: false,
    watch: false,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // `.ci/run` counts the tests, and names each one that was skipped.
    reporters: process.env["CI"] === undefined ? ["default"] : ["default", "json"],
    outputFile: { json: "dist/tests.json" },
  },
});
