/** @file Holds the public surface of the built packages against the reports in docs/api; `--write` writes them anew. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { root } from "./install.mjs";

const write = process.argv.includes("--write");
const reports = join(root, "docs/api");
const scratch = mkdtempSync(join(tmpdir(), "deltagrad-api-"));
const quiet = { default: { logLevel: ExtractorLogLevel.None } };

/** Of each package, the entries by the names of their types: index, check, … */
const entries = readdirSync(join(root, "packages")).flatMap((name) => {
  const folder = join(root, "packages", name);
  /** @type {{ exports: Record<string, { import?: { types: string } }> }} */
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return Object.values(exports).flatMap((entry) =>
    entry.import === undefined ? [] : [{ name, folder, types: join(folder, entry.import.types) }],
  );
});

const reportOf = (/** @type {{ name: string, types: string }} */ { name, types }) =>
  `${name}.${basename(types, ".d.ts")}.api.md`;
mkdirSync(reports, { recursive: true });
const changed = readdirSync(reports).filter((file) => !entries.map(reportOf).includes(file));
if (write) for (const file of changed) rmSync(join(reports, file));
try {
  for (const entry of entries) {
    const { folder, types } = entry;
    if (!existsSync(types)) throw new Error(`${types} is not there; run npm run build first`);
    const report = reportOf(entry);
    const config = ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: join(folder, "package.json"),
      configObject: {
        projectFolder: folder,
        mainEntryPointFilePath: types,
        newlineKind: "lf",
        compiler: {
          overrideTsconfig: {
            compilerOptions: {
              module: "esnext",
              moduleResolution: "bundler",
              target: "es2022",
              strict: true,
              types: [],
            },
            files: [types],
          },
        },
        apiReport: { enabled: true, reportFileName: report, reportFolder: reports, reportTempFolder: scratch },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: { extractorMessageReporting: quiet, tsdocMessageReporting: quiet },
      },
    });
    const messageCallback = (/** @type {import("@microsoft/api-extractor").ExtractorMessage} */ message) => {
      if (message.logLevel === "error") console.error(message.text);
      message.handled = true;
    };
    const { apiReportChanged } = Extractor.invoke(config, { localBuild: write, messageCallback });
    if (apiReportChanged) changed.push(report);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

if (changed.length > 0 && !write) {
  console.error(`the public surface has changed: ${changed.join(", ")}; if it should, run npm run api -- --write`);
  process.exitCode = 1;
} else
  console.log(`the public surface of ${entries.length} entries: ${changed.length === 0 ? "unchanged" : "written"}`);
