import { ConfigError } from "@aftershock/schema";
import type { ReadHints } from "../../source.ts";

/** The venue that a file itself tells. Throws ConfigError when the user named another one. */
export function toldVenue(fileName: string, told: string, { venue }: ReadHints): string {
  if (venue === undefined || venue === told) return told;
  throw new ConfigError(`--venue ${venue}: ${fileName} is of ${told}, as it shows itself`, {
    hints: ["Leave --venue out where the file tells its venue."],
  });
}
