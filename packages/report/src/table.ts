import { type Html, html, type HtmlPart } from "./html.ts";

/** One column of a table. */
export interface Column<Row> {
  readonly heading: HtmlPart;
  /** Numbers, the default, are set right; text left; long text may wrap. */
  readonly kind?: "number" | "text" | "long";
  readonly cell: (row: Row) => HtmlPart;
}

/** What a table is. */
export interface TableText {
  /** For readers who do not see it. */
  readonly name: string;
  /** Shown above it. */
  readonly caption?: HtmlPart;
}

/** A table under its caption, in a box of its own that scrolls sideways where the screen is narrower than the table. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  text: TableText,
): Html {
  const headings = columns.map(
    (column) => html`<th scope="col" class="${column.kind ?? "number"}">${column.heading}</th>`,
  );
  const body = rows.map(
    (row) =>
      html`<tr>
        ${columns.map((column) => html`<td class="${column.kind ?? "number"}">${column.cell(row)}</td>`)}
      </tr> `,
  );
  return scrolling(
    text,
    html`<table>
      <thead>
        <tr>
          ${headings}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>`,
  );
}

/**
 * A table in its box, which can be reached and scrolled with the keyboard. The caption stands before the box and not inside
 * the table, where it would be as wide as the table and cut off on a phone.
 */
export const scrolling = (text: TableText, content: Html): Html =>
  html`${text.caption !== undefined && html`<p class="soft">${text.caption}</p> `}
    <div class="scroll" tabindex="0" role="region" aria-label="${text.name}">${content}</div> `;
