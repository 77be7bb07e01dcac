import { type Html, html, trusted } from "./html.ts";
import { STYLE } from "./style.ts";

/**
 * What the browser may load: nothing but this page's own style and pictures inside it. It holds wherever the file is opened,
 * and stops anything that escaping should have stopped.
 */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A whole document around the parts of a page. */
export function page(title: string, body: Html): string {
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(CONTENT_SECURITY_POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`.text
  }\n`;
}
