import { coinglass } from "../../src/sources/coinglass/coinglass.ts";
import { COINGLASS_TABLES } from "../../src/sources/coinglass/coinglassTables.ts";
import type { Sample } from "./sample.ts";

const [LIQUIDATIONS = "", REGIME = ""] = COINGLASS_TABLES.map(({ columns }) => columns.join(","));

/** One small file of each kind. */
export const samples: readonly Sample[] = [
  {
    source: coinglass,
    name: "coinglass_BTC_liquidation_1h.csv",
    content: `${LIQUIDATIONS}
1763874000000,2025-11-23T05:00:00.000Z,702059.93624,79334.1739,781394.11014
1763881200000,2025-11-23T07:00:00.000Z,0,0,0
`,
  },
  {
    source: coinglass,
    name: "coinglass_BTC_regime_1h.csv",
    content: `${REGIME}
1764828000000,2025-12-04T06:00:00.000Z,92979.25,93371.12,92824.32,93140.74,42620.5427,1499665.49438,1542286.0370800002,0.004936,0.005673,0.004892,0.005673,8206829667,8258524471,8197246225,8248989576,0.002752,0.003141,0.002632,0.003141,0,0,0,0
`,
  },
];
