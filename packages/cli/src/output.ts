import { printable, printableLines } from "./printable.ts";

/** Prints the one JSON document of a command. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

const isNumeric = (cell: string): boolean => /^-?[\d,.]+(?:e[+-]?\d+)?%?$/i.test(cell);

/** The length of the longest cell of each column. */
function columnWidths(table: readonly (readonly string[])[]): readonly number[] {
  const widths: number[] = [];
  for (const cells of table) {
    cells.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  return widths;
}

/** Lays out rows as a plain-text table: numbers to the right, texts to the left. Control characters are shown, not printed. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map((row) => row.map(printable));
  const table = [head.map(printable), ...body];
  const widths = columnWidths(table);
  const numeric = head.map((_, i) => body.every((row) => row[i] === "" || isNumeric(row[i] ?? "")));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return table.map(line).join("\n");
}

/** Prints a table. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  process.stdout.write(`${tableText(head, rows)}\n`);
}

/** Prints a line, or several. */
export function printLine(text: string): void {
  process.stdout.write(`${printableLines(text)}\n`);
}

/** A whole number with separators. */
export const grouped = (value: number): string => value.toLocaleString("en-US");
