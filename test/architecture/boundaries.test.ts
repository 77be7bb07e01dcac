import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const config = join(root, ".dependency-cruiser.cjs");
const program = join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");

interface Cruise {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

/** The same program and rules as `pnpm boundaries`, on the packages below a folder. */
function cruise(folder: string): Cruise {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [program, "--config", config, "--output-type", "json", "packages"],
    { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 },
  );
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Cruise;
}

describe("package and folder boundaries", () => {
  const real = cruise(root);

  it("are held by every package", () => {
    expect(
      real.summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`),
    ).toEqual([]);
  });

  it("are checked over modules that were really read", () => {
    // The checker reports success over no module at all when it cannot parse TypeScript.
    const sources = real.modules.filter(({ source }) => source.startsWith("packages/"));
    expect(sources.length).toBeGreaterThan(20);
    const ofStore = real.modules.find(({ source }) => source === "packages/ingest/src/source.ts");
    expect(ofStore?.dependencies.map(({ resolved }) => resolved)).toContain(
      "packages/schema/src/index.ts",
    );
  });
});

describe("the fixture that breaks the boundaries", () => {
  const broken = cruise(join(import.meta.dirname, "fixture"));
  const fired = new Set(broken.summary.violations.map(({ rule }) => rule.name));
  const rules = createRequire(import.meta.url)(config) as {
    readonly forbidden: readonly { readonly name: string }[];
  };

  it.each(rules.forbidden.map(({ name }) => name))("fails the rule %s", (name) => {
    expect(fired).toContain(name);
  });

  it("sees imports of a type alone and dynamic imports", () => {
    const store = broken.summary.violations.filter(({ rule }) => rule.name === "pure-no-store");
    expect(store.map(({ to }) => to).join()).toMatch(/apache-arrow.*duckdb|duckdb.*apache-arrow/);
  });
});
