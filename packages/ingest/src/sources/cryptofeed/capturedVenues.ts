import type { CapturedVenue } from "./venueCapture.ts";

/** The venues whose captures are read, each in a file of its own. */
export const CAPTURED_VENUES: readonly CapturedVenue[] = [];
