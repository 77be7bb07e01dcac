/**
 * Compiles l2Kernel.ts and l3Kernel.ts, the inner loops of the fast books, to WebAssembly, and writes each as the TypeScript module that carries it.
 * AssemblyScript is needed here alone: who installs the package gets the bytes.
 *
 *     npx -y pnpm@12.21.0 run kernel
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/** Books that have loops here: by price level, by order. */
export const KERNELS = ["l2", "l3"] as const;
type Kernel = (typeof KERNELS)[number];

const LINE = 100;
const OPTIONS = "-O3 --noAssert --runtime stub --importMemory --enable simd";

/** The module that carries the compiled loops of a book. */
export const carrierOf = (kernel: Kernel): URL =>
  new URL(`../src/book/${kernel}KernelCode.ts`, import.meta.url);

/** What it holds, as text. */
export async function compileKernel(kernel: Kernel): Promise<string> {
  const name = `${kernel}Kernel.ts`;
  const source = await readFile(new URL(name, import.meta.url), "utf8");
  let binary: Uint8Array | undefined;
  const messages: string[] = [];
  const { error } = await asc.main([name, "-o", "kernel.wasm", ...OPTIONS.split(" ")], {
    readFile: (asked: string) => (asked === name ? source : null),
    writeFile: (_: string, contents: string | Uint8Array) => {
      binary = typeof contents === "string" ? undefined : contents;
    },
    listFiles: () => [],
    stderr: { write: (text: string) => messages.push(text) },
  });
  if (error !== null || binary === undefined) throw new Error(`${name}: ${messages.join("")}`);
  const text = Buffer.from(binary).toString("base64");
  const lines = text.match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
  return `/** kernel/${name}, compiled by kernel/compileKernel.ts: WebAssembly in base64. */
export const ${kernel.toUpperCase()}_KERNEL: string = [
${lines.map((line) => `  "${line}",`).join("\n")}
].join("");
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kernel of KERNELS) await writeFile(carrierOf(kernel), await compileKernel(kernel));
}
