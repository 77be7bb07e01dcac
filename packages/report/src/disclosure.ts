import { type Html, html, type HtmlPart } from "./html.ts";

/** What a disclosure shows before it is opened. */
export interface DisclosureText {
  readonly summary: HtmlPart;
  /** Whether it starts open; it opens without a script, and print shows it open. Default false. */
  readonly open?: boolean;
}

/** Content that the reader can open and close. */
export const disclosure = ({ summary, open = false }: DisclosureText, content: HtmlPart): Html =>
  open
    ? html`<details open>
        <summary>${summary}</summary>
        ${content}
      </details>`
    : html`<details>
        <summary>${summary}</summary>
        ${content}
      </details>`;
