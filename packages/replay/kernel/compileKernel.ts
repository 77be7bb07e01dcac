/**
 * Compiles l2Kernel.ts, the inner loops of the fast book, to WebAssembly, and writes it as the TypeScript module that carries it. AssemblyScript
 * is needed here alone: who installs the package gets the bytes.
 *
 *     npx -y pnpm@12.21.0 run kernel
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const SOURCE = "l2Kernel.ts";
const CARRIER = new URL("../src/book/l2KernelCode.ts", import.meta.url);
const LINE = 100;
const OPTIONS = "-o l2Kernel.wasm -O3 --noAssert --runtime stub --importMemory --enable simd";

/** The module that carries the compiled loops, as text. */
export async function compileKernel(): Promise<string> {
  const source = await readFile(new URL(SOURCE, import.meta.url), "utf8");
  let binary: Uint8Array | undefined;
  const messages: string[] = [];
  const { error } = await asc.main([SOURCE, ...OPTIONS.split(" ")], {
    readFile: (name: string) => (name === SOURCE ? source : null),
    writeFile: (_: string, contents: string | Uint8Array) => {
      binary = typeof contents === "string" ? undefined : contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) throw new Error(`${SOURCE}: ${messages.join("")}`);
  const text = Buffer.from(binary).toString("base64");
  const lines = text.match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
  return `/** kernel/l2Kernel.ts, compiled by kernel/compileKernel.ts: WebAssembly in base64. */
export const L2_KERNEL: string = [
${lines.map((line) => `  "${line}",`).join("\n")}
].join("");
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(CARRIER, await compileKernel());
}
