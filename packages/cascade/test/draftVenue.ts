import { parseVenueRules, type VenueRules } from "../src/index.ts";

/** JSON that is still to be changed. */
export type Draft = Record<string, unknown>;

export const SOURCE = { title: "a page", address: "venue.example/rules" };

/** A venue `draft` of one symbol, with rules of some parts and none of the others. */
export function draftVenue(parts: Draft): Draft {
  const all = ["vault", "auction", "system"].filter((part) => parts[part] === undefined);
  return {
    venue: "draft",
    title: "A venue",
    kind: "vaults",
    symbols: ["A"],
    absent: Object.fromEntries(all.map((part) => [part, "not looked up"])),
    ...parts,
  };
}

/** A verified entry of a timeline, with what is changed. */
export const entry = (from: string, value: unknown, changes: Draft = {}): Draft => ({
  from,
  value,
  source: SOURCE,
  status: "verified",
  ...changes,
});

/** What reading a venue gives. */
export const load = (draft: Draft): VenueRules =>
  parseVenueRules("rules/draft.json", JSON.stringify(draft));

/** What reading a venue complains of, and the hint. */
export function complaint(draft: Draft): string {
  try {
    load(draft);
    return "nothing";
  } catch (error) {
    return error instanceof Error ? error.message : "no error";
  }
}
