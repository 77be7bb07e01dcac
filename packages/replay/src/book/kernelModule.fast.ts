/**
 * Inner loops in WebAssembly, as a module carries them in base64 (kernel/compileKernel.ts), and a memory for each book that uses them. Plain twins: the books
 * of L2Book and L3Book. Benchmarks: test/bench/books.ts, test/bench/l3.ts.
 */

/** What is needed of WebAssembly, which the language's own library does not know. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number }) => KernelMemory;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: object } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** Memory that loops share with their book. Growing it, by pages, detaches its buffer and makes another. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Compiled loops with a memory of their own. */
export interface KernelInstance {
  readonly memory: KernelMemory;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Bytes of a page of WebAssembly. */
export const PAGE = 65_536;

const api = (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;

/** Loops in WebAssembly as a module carries them, compiled when they are first asked for. */
export class KernelModule {
  readonly #base64: string;
  #compiled: object | undefined;
  #isAsked = false;

  constructor(base64: string) {
    this.#base64 = base64;
  }

  /** The loops over an empty memory of so many bytes; undefined where there is no WebAssembly or no memory for it. */
  instance(bytes: number): KernelInstance | undefined {
    const module = this.#compile();
    if (module === undefined || api === undefined) return undefined;
    try {
      const memory = new api.Memory({ initial: Math.ceil(bytes / PAGE) });
      const { exports } = new api.Instance(module, { env: { memory } });
      return { memory, exports };
    } catch {
      // Each memory takes a stretch of the address space of its own, of which there may be no more: the book does without.
      return undefined;
    }
  }

  #compile(): object | undefined {
    if (this.#isAsked) return this.#compiled;
    this.#isAsked = true;
    const isLittle = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
    if (!isLittle || api === undefined) return undefined;
    try {
      const bytes = Uint8Array.from(atob(this.#base64), (byte) => byte.charCodeAt(0));
      this.#compiled = new api.Module(bytes);
    } catch {
      // Where compiling is forbidden, the book takes its rows one by one.
    }
    return this.#compiled;
  }
}
