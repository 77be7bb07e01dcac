import { readFileSync, writeFileSync } from "node:fs";
import { renderReport } from "@aftershock/report";
import { launchChromium, openPage } from "../e2e/openPage.ts";
const study = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
const page = renderReport({ title: "Demo", study, data: [], generator: { version: "0" } });
writeFileSync("/tmp/hG/r.html", page);
const b = await launchChromium();
for (const [w, h, n] of [[1000, 900, "wide"], [390, 800, "narrow"]] as const) {
  const { page: p } = await openPage(b, "file:///tmp/hG/r.html", { width: w, height: h });
  await p.screenshot({ path: `/tmp/hG/shot-${n}.png`, fullPage: true });
  for (const f of ["paths", "ranking"]) await p.locator(`#fig-scenario-${f}`).screenshot({ path: `/tmp/hG/shot-${n}-${f}.png` });
}
await b.close();
