// Usage: node tally.cjs TESTS.json PASSED FAILED. Adds the tests of vitest's JSON report to the checks that .ci/run counted,
// names the skipped ones, and closes with one line. Exit code 1 when anything failed.
const { existsSync, readFileSync } = require("node:fs");
const { join, relative } = require("node:path");

const [report, checksPassed, checksFailed] = process.argv.slice(2);
let passed = Number(checksPassed);
let failed = Number(checksFailed);
const skipped = [];
const root = join(__dirname, "..");

if (existsSync(report)) {
  for (const file of JSON.parse(readFileSync(report, "utf8")).testResults) {
    const count = (status) => file.assertionResults.filter((test) => test.status === status).length;
    passed += count("passed");
    // A file that fails before its first test has no test to count.
    failed += file.status === "failed" ? Math.max(count("failed"), 1) : 0;
    for (const test of file.assertionResults) {
      if (test.status !== "passed" && test.status !== "failed")
        skipped.push(`${relative(root, file.name)}: ${test.fullName}`);
    }
  }
} else {
  console.log(`There is no ${report}: the tests did not run to their end.`);
}

console.log();
for (const name of skipped) console.log(`skipped  ${name}`);
// Chromium was installed above; beside the shared recordings no test has a reason left to be skipped.
if (skipped.length > 0 && existsSync(join(root, "../shared"))) {
  console.log(
    `${skipped.length} tests were skipped although ../shared is there: each counts as a failure.`,
  );
  failed += skipped.length;
  skipped.length = 0;
}
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
