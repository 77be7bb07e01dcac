import { DataError } from "@aftershock/schema";

/**
 * The cells of one CSV line of which some stand in quotes, as RFC 4180 writes them: a quoted cell may hold commas, and `""` for a
 * quote. No cell may hold a line end. Throws DataError for a quote that is not closed or stands inside a bare cell.
 */
export function quotedCells(text: string): readonly string[] {
  if (!text.includes('"')) return text.split(",");
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const end = text.charAt(at) === '"' ? quotedEnd(text, at) : bareEnd(text, at);
    const cell = text.slice(at, end);
    cells.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === text.length) return cells;
    at = end + 1;
  }
}

/** Just after the closing quote of the cell that opens at `at`. */
function quotedEnd(text: string, at: number): number {
  let quote = text.indexOf('"', at + 1);
  while (quote >= 0 && text.charAt(quote + 1) === '"') quote = text.indexOf('"', quote + 2);
  const end = quote + 1;
  if (quote < 0 || (end < text.length && text.charAt(end) !== ",")) {
    throw new DataError("a quoted cell does not end at a comma");
  }
  return end;
}

function bareEnd(text: string, at: number): number {
  const comma = text.indexOf(",", at);
  const end = comma < 0 ? text.length : comma;
  if (text.slice(at, end).includes('"')) throw new DataError("a quote stands inside a bare cell");
  return end;
}
