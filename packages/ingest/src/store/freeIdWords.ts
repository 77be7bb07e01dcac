import type { IdWords } from "@aftershock/schema";
import { freeMemory } from "../freeMemory.ts";

/** Frees the memory of ids as numbers, where there are any. */
export function freeIdWords(idWords: IdWords | undefined): void {
  if (idWords === undefined) return;
  for (const { buffer } of [idWords.lo, idWords.hi]) freeMemory(buffer);
}
