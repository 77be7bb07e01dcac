import { describe, expect, it } from "vitest";
import { drawnResponses } from "../src/scenarioResponses.ts";

/** Two kernels, each with its own estimate and three bootstraps. */
const KERNELS = [
  ["a", "a1", "a2", "a3"],
  ["b", "b1", "b2", "b3"],
];

describe("draws of responses", () => {
  it("take one kernel each, in turn, and another bootstrap each", () => {
    expect(drawnResponses(KERNELS, 3)).toEqual(["a1", "b2", "a3"]);
    expect(drawnResponses(KERNELS, 0)).toEqual([]);
  });

  it("take bootstraps again with the other kernel, and none twice", () => {
    expect(drawnResponses(KERNELS, 6)).toEqual(["a1", "b2", "a3", "b1", "a2", "b3"]);
    expect(drawnResponses(KERNELS, 100)).toHaveLength(6);
  });

  it("are none where nothing was bootstrapped, and pass over what a kernel lacks", () => {
    expect(drawnResponses([["a"], ["b"]], 4)).toEqual([]);
    expect(
      drawnResponses(
        [
          ["a", "a1", "a2"],
          ["b", "b1"],
        ],
        2,
      ),
    ).toEqual(["a1"]);
  });
});
