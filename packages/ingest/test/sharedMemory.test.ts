import { describe, expect, it } from "vitest";
import { SharedMemory } from "../src/store/sharedMemory.ts";

describe("memory that threads share", () => {
  it("is given to one only until it is given back, and then again", () => {
    const memory = new SharedMemory();
    const [one, other] = [memory.take(1_000), memory.take(1_000)];
    expect(one).toBeInstanceOf(SharedArrayBuffer);
    expect(other).not.toBe(one);
    memory.giveBack(one);
    expect(memory.take(1_001)).toBe(one);
  });

  it("is a pool: past its pieces what is taken is not shared, until one comes back", () => {
    const memory = new SharedMemory();
    const taken = Array.from({ length: 100 }, () => memory.take(10));
    const shared = taken.filter((piece) => piece instanceof SharedArrayBuffer);
    expect(shared.length).toBeLessThan(20);
    expect(taken.slice(shared.length).every((piece) => piece instanceof ArrayBuffer)).toBe(true);
    memory.giveBack(taken[0]!);
    expect(memory.take(10)).toBe(taken[0]);
  });

  it("lets pieces go that became too small, and never has more than its pool", () => {
    const memory = new SharedMemory();
    const pieces = Array.from({ length: 100 }, () => memory.take(10));
    for (const piece of pieces) memory.giveBack(piece);
    const larger = Array.from({ length: 100 }, () => memory.take(9_000_000));
    const shared = larger.filter((piece) => piece instanceof SharedArrayBuffer);
    expect(shared.length).toBe(pieces.filter((piece) => piece instanceof SharedArrayBuffer).length);
    expect(shared.every(({ byteLength }) => byteLength >= 9_000_000)).toBe(true);
  });
});
