/** Frees memory that nobody reads any more: all views of it are empty then. Node 20 leaves it to the garbage collector. */
export function freeMemory(memory: ArrayBufferLike): void {
  if (memory instanceof ArrayBuffer && "transfer" in memory) memory.transfer(0);
}
