import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { compileKernel } from "../kernel/compileKernel.ts";

describe("the compiled loops of the book", () => {
  it("are those of kernel/l2Kernel.ts", async () => {
    const carried = await readFile(new URL("../src/book/l2KernelCode.ts", import.meta.url), "utf8");
    expect(await compileKernel(), "run `npx -y pnpm@12.21.0 run kernel`").toBe(carried);
  });
});
