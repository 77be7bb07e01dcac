import type { Plugin } from "vite";

const CDN = "https://cdn.jsdelivr.net/npm/";
const CSS_IMPORT = /@import url\("https:\/\/cdn\.jsdelivr\.net\/npm\/([^"]+)"\)/g;
const ABSENT = "\0not-installed:";

/** The import specifier that a CDN address or `npm:` specifier stands for, without its version; undefined for any other text. */
function specifierOf(source: string): string | undefined {
  const prefix = [CDN, "npm:"].find((start) => source.startsWith(start));
  if (prefix === undefined) return undefined;
  const [, name, path] =
    /^((?:@[^/]+\/)?[^/@]+)(?:@[^/]*)?(.*)$/.exec(source.slice(prefix.length)) ?? [];
  if (name === undefined) return undefined;
  return name + (path ?? "").replace(/\/\+esm$/, "");
}

/**
 * A Vite plugin that makes a built notebook ask nobody but its own host: Notebook Kit's runtime loads its libraries from a CDN,
 * and this resolves those addresses among the packages installed here. A library that is not installed becomes a module that
 * throws when a cell first uses it, and names the package to add; the others cost nothing.
 */
export function selfHost(): Plugin {
  return {
    name: "self-host",
    enforce: "pre",
    async resolveId(source) {
      const specifier = specifierOf(source);
      if (specifier === undefined) return undefined;
      const found = await this.resolve(specifier, import.meta.filename, { skipSelf: true });
      return found ?? { id: ABSENT + specifier };
    },
    load(id) {
      if (!id.startsWith(ABSENT)) return undefined;
      const message = `${id.slice(ABSENT.length)} is not installed: pnpm --filter @aftershock/notebooks add it, and build again`;
      // CommonJS, because the bundler then cannot ask which names it exports.
      return `module.exports = {};\nthrow new Error(${JSON.stringify(message)});`;
    },
    transform(code, id) {
      if (!/\.css(\?|$)/.test(id) || !code.includes(CDN)) return undefined;
      return { code: code.replace(CSS_IMPORT, '@import "$1"'), map: null };
    },
    // A page without an icon makes the browser ask its host for one that is not there.
    transformIndexHtml: () => [
      { tag: "link", attrs: { rel: "icon", href: "data:," }, injectTo: "head" },
    ],
  };
}
