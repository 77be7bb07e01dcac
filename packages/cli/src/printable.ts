const escaped = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;

/** A text that comes from a file or a query, fit for a terminal: control characters are shown as `\u001b`, not obeyed. */
export const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, escaped);

/** The same for a text of several lines, whose ends stay. */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");
