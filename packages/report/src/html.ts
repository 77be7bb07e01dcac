/**
 * Markup that is safe to put into the page. Only `html` and `trusted` make one, so a plain string (a file's name, a hedge's
 * name, a warning that quotes a row) can never reach the page unescaped.
 */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold: text and numbers are escaped, markup is kept, lists are joined, undefined and false leave nothing. */
export type HtmlPart = Html | string | number | undefined | false | readonly HtmlPart[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

// oxlint-disable-next-line no-control-regex -- control characters are exactly what is replaced here.
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text without the control characters that HTML does not allow and without the marks that turn the direction of writing
 * (which could make one symbol read as another): each becomes U+FFFD.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, "\ufffd");

/** Text as it may stand between tags or inside a quoted attribute. */
export const escapeHtml = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

function render(part: HtmlPart): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return part.map(render).join("");
}

/**
 * A template of markup: every value put into it is escaped unless it is markup already. Attributes must be quoted. The
 * template's own indentation is dropped, which HTML reads as the same; values keep theirs.
 */
export const html = (strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html =>
  new Html(
    strings.map((text, index) => text.replace(/\s*\n\s*/g, "\n") + render(parts[index])).join(""),
  );

/** Markup that this package wrote itself (a serialised figure, the style sheet). Never call it on what a file says. */
export const trusted = (markup: string): Html => new Html(markup);
