import type { SourceFile, SourceLine } from "../src/source.ts";

/** A file of these bytes, as the store would hand it over. */
export function memoryFile(name: string, content: Uint8Array): SourceFile {
  const texts = Buffer.from(content).toString("utf8").split("\n");
  if (texts.at(-1) === "") texts.pop();
  const lines = texts.map((text, i): SourceLine => {
    const cut = text.endsWith("\r") ? text.slice(0, -1) : text;
    return { number: i + 1, text: i === 0 ? cut.replace(/^\uFEFF/, "") : cut };
  });
  return {
    name,
    async *bytes(): AsyncGenerator<Uint8Array> {
      if (content.length > 0) yield content;
    },
    async *lines(): AsyncGenerator<readonly SourceLine[]> {
      for (let from = 0; from < lines.length; from += 3) yield lines.slice(from, from + 3);
    },
  };
}
