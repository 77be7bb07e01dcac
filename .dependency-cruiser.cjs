"use strict";

/** What each package may import of the others, by its index alone. */
const PACKAGES = {
  schema: [],
  // Its quality figures come of replay's own book, so that what they say is what a replay meets.
  ingest: ["schema", "replay"],
  replay: ["schema"],
  cascade: ["schema", "replay"],
  simulator: ["schema", "replay", "cascade"],
  strategy: ["schema", "replay", "cascade"],
  report: ["schema", "replay", "cascade", "simulator", "strategy"],
  cli: ["schema", "ingest", "replay", "cascade", "simulator", "strategy", "report"],
};

/** What each folder of a package may import of the package's other folders, in order of dependency. */
const FOLDERS = {
  ingest: {
    catalogue: [],
    files: [],
    // Some formats are cut into records by what the file begins with.
    sources: ["catalogue", "files"],
    quality: [],
    // A partition is measured while it is built.
    store: ["quality"],
    reading: ["files", "store"],
    // What is fetched lies in the lake's folder, and is locked and written as the lake is.
    fetch: ["catalogue", "store"],
    export: ["store"],
  },
  replay: {
    clock: [],
    book: ["clock"],
    venue: ["book"],
    features: ["book"],
    // Depth within bands is one thing in bars and in stylised facts.
    facts: ["book", "features"],
  },
  cascade: {
    rules: [],
    account: [],
    pricing: [],
    oracle: ["rules"],
    margin: ["rules", "account", "pricing"],
    liquidation: ["rules", "account", "margin"],
    engine: ["rules", "account", "oracle", "margin", "liquidation"],
    impact: [],
    population: ["rules", "account", "margin"],
    counterfactual: [
      "rules",
      "account",
      "oracle",
      "margin",
      "liquidation",
      "engine",
      "impact",
      "population",
    ],
    record: ["rules", "impact", "counterfactual"],
    positions: [
      "rules",
      "account",
      "oracle",
      "margin",
      "engine",
      "population",
      "counterfactual",
      "record",
    ],
  },
  strategy: {
    market: [],
    hedges: ["market"],
    metrics: [],
    mitigations: [],
    scenarios: ["mitigations"],
    venues: [],
    examples: [],
    strategies: ["examples"],
    backtest: ["market", "hedges", "metrics", "mitigations", "scenarios", "venues", "strategies"],
  },
  report: { figures: [], tables: [], sections: ["figures", "tables"] },
};

/** Packages that run anywhere, a browser or a worker thread too: they are handed batches and never open a file. */
const PURE = ["schema", "replay", "cascade", "simulator", "strategy"];

const packageRules = Object.entries(PACKAGES).map(([name, allowed]) => ({
  name: `${name}-imports`,
  comment: `${name} may import ${allowed.length === 0 ? "no other package" : allowed.join(", ")}.`,
  severity: "error",
  from: { path: `^packages/${name}/src/` },
  to: { path: "^packages/", pathNot: `^packages/(${[name, ...allowed].join("|")})/` },
}));

const folderRules = Object.entries(FOLDERS).flatMap(([name, folders]) =>
  Object.entries(folders).map(([folder, allowed]) => ({
    name: `${name}-${folder}-imports`,
    comment: `In ${name}, ${folder} may import ${allowed.length === 0 ? "no other folder" : allowed.join(", ")}.`,
    severity: "error",
    from: { path: `^packages/${name}/src/${folder}/` },
    to: {
      path: `^packages/${name}/src/[^/]+/`,
      pathNot: `^packages/${name}/src/(${[folder, ...allowed].join("|")})/`,
    },
  })),
);

module.exports = {
  forbidden: [
    {
      name: "known-package",
      comment: "A new package takes its place in the table PACKAGES first.",
      severity: "error",
      from: {
        path: "^packages/([^/]+)/",
        pathNot: `^packages/(${Object.keys(PACKAGES).join("|")})/`,
      },
      to: { path: "^packages/", pathNot: "^packages/$1/" },
    },
    ...packageRules,
    ...folderRules,
    {
      name: "index-only",
      comment:
        "A package is imported by its name, which is its index (or by an entry that its package.json names): what is inside is its own affair.",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: {
        path: "^packages/[^/]+/(src|test)/",
        pathNot: ["^packages/$1/", "^packages/[^/]+/src/(index|[a-z]+Entry)\\.ts$"],
      },
    },
    {
      name: "pure-no-store",
      comment: "DuckDB and Arrow belong to ingest: these packages are handed batches.",
      severity: "error",
      from: { path: `^packages/(${PURE.join("|")})/src/` },
      to: { path: "(^|/)(@duckdb/|apache-arrow(/|$))" },
    },
    {
      name: "pure-no-node",
      comment: "These packages run where there is no Node.",
      severity: "error",
      from: { path: `^packages/(${PURE.join("|")})/src/` },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "source-not-to-test",
      comment: "What is shipped does not depend on a test.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { path: "(^|/)test/|\\.test\\.ts$" },
    },
    {
      name: "no-circular",
      comment: "A cycle has no order in which it can be read.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "An import that does not resolve would hide from every rule above.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "declared",
      comment: "What a package imports stands in its own package.json, among the dependencies.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev"] },
    },
  ],
  options: {
    // Without the swc parser TypeScript 7 is not understood, and every rule holds over nothing.
    parser: "swc",
    exclude: { path: "^packages/[^/]+/dist/" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@aftershock/source", "node", "import", "default"],
      extensions: [".ts", ".js", ".cjs", ".mjs", ".json"],
    },
  },
};
