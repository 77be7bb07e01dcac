import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DataError, JsonPlace } from "@aftershock/schema";
import type { CrashDay } from "./crashDay.ts";
import { readCrashDay } from "./readCrashDay.ts";

function parsed(file: string, text: string): JsonPlace {
  try {
    return new JsonPlace(file, JSON.parse(text) as unknown);
  } catch (cause) {
    throw new DataError(`${file}: is not JSON`, {
      cause,
      hints: ["Correct the file, or take the one that came with the program."],
    });
  }
}

/**
 * The catalogue of crash days: every `YYYY-MM-DD.json` of a folder, checked, in order of date. Throws DataError when the folder
 * cannot be read or holds no day, or when a file is not what it should be.
 */
export async function loadCrashDays(folder: string): Promise<readonly CrashDay[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new DataError(`${folder}: the catalogue cannot be read`, { cause });
  });
  const files = names.filter((name) => name.endsWith(".json")).toSorted();
  if (files.length === 0) throw new DataError(`${folder}: holds no day of the catalogue`);
  return Promise.all(
    files.map(async (name) => {
      const file = join(folder, name);
      const place = parsed(file, await readFile(file, "utf8"));
      const day = readCrashDay(place);
      if (name === `${day.date}.json`) return day;
      throw new DataError(`${file}: its day is ${day.date}`, {
        hints: ["A file of the catalogue is named for its day."],
      });
    }),
  );
}
