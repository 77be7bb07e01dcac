import type { Lake } from "@aftershock/ingest";
export async function runCommand(_lake: Lake, _study: string, _options: {out: string|undefined; json: boolean}): Promise<void> {}
