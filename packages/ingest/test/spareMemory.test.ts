import { describe, expect, it } from "vitest";
import { SpareMemory } from "../src/store/spareMemory.ts";

/** Node 20 cannot move memory from one object to another. */
const moves = "transfer" in ArrayBuffer.prototype;

describe("spare memory", () => {
  it.skipIf(!moves)("empties what is given back for who still looks at it", () => {
    const spare = new SpareMemory();
    const seen = new Float64Array(spare.take(80));
    spare.giveBack(seen.buffer);
    expect(seen.length).toBe(0);
  });

  it.skipIf(!moves)("gives the smallest piece that is large enough, each to one only", () => {
    const spare = new SpareMemory();
    const [large, small] = [spare.take(1_000), spare.take(100)];
    spare.giveBack(large);
    spare.giveBack(small);
    expect(spare.take(90).byteLength).toBe(100);
    expect(spare.take(90).byteLength).toBe(1_000);
    expect(spare.take(90).byteLength).toBe(90);
  });

  it.skipIf(!moves)(
    "keeps the latest two pieces, so that ones that became too small make room",
    () => {
      const spare = new SpareMemory();
      const pieces = [10, 20, 3_000].map((bytes) => spare.take(bytes));
      for (const piece of pieces) spare.giveBack(piece);
      expect(spare.take(2_000).byteLength).toBe(3_000);
      expect(spare.take(5).byteLength).toBe(20);
      expect(spare.take(5).byteLength).toBe(5);
    },
  );

  it.skipIf(!moves)("keeps nothing once it is closed", () => {
    const spare = new SpareMemory();
    const [before, after] = [spare.take(50), spare.take(60)];
    spare.giveBack(before);
    spare.close();
    spare.giveBack(after);
    expect(after.byteLength).toBe(0);
    expect(spare.take(40).byteLength).toBe(40);
  });
});
