import { defineConfig, type UserConfig } from "vite";
import { selfHost } from "./selfHost.ts";

export default defineConfig(({ command }): UserConfig => ({
  plugins: [selfHost()],
  // The preview bundles the runtime apart from the pages, with plugins of its own.
  optimizeDeps: { rolldownOptions: { plugins: [selfHost()] } },
  // A build lists a hundred files of fonts and libraries; the preview has to say where it listens.
  logLevel: command === "build" ? "error" : "info",
}));
