import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { carrierOf, compileKernel, KERNELS } from "../kernel/compileKernel.ts";

describe("the compiled loops of the books", () => {
  it.each(KERNELS)("are those of kernel/%sKernel.ts", async (kernel) => {
    const carried = await readFile(carrierOf(kernel), "utf8");
    expect(await compileKernel(kernel), "run `npx -y pnpm@12.21.0 run kernel`").toBe(carried);
  });
});
