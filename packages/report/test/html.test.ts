import { describe, expect, test } from "vitest";

import { escapeHtml, html, trusted } from "../src/html.ts";

describe("html", () => {
  test("escapes every character that could end a text or an attribute", () => {
    expect(escapeHtml(`<a href="x" title='y'>&`)).toBe(
      "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;",
    );
  });

  test("replaces control characters and marks that turn the direction of writing", () => {
    expect(escapeHtml("BTC\u0000\u202eTEP\u2066")).toBe("BTC\ufffd\ufffdTEP\ufffd");
    expect(escapeHtml("two\nlines\tkept")).toBe("two\nlines\tkept");
  });

  test("escapes what is put in, keeps what is markup already, joins lists, leaves out what is absent", () => {
    const items = ["<1>", "2"].map((text) => html`<b>${text}</b>`);
    expect(html`<i>${items}${undefined}${false}${0}${trusted("<br>")}</i>`.text).toBe(
      "<i><b>&lt;1&gt;</b><b>2</b>0<br></i>",
    );
  });

  test("drops the template's indentation and keeps that of values", () => {
    expect(html`<pre>${"a\n  b"}</pre>`.text).toBe("<pre>a\n  b</pre>");
    const strings = Object.assign(["<p>\n    ", "\n  </p>"], { raw: [] });
    expect(html(strings, "text").text).toBe("<p>\ntext\n</p>");
  });
});
