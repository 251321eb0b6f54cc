// Writes the bundled extension to out/extension.js, the licences of the bundled packages to out/licences.txt, and the
// page of the extension with its pictures to out/README.md.

import { build } from "esbuild";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const { metafile } = await build({
  entryPoints: ["src/extension.ts"],
  outfile: "out/extension.js",
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  logLevel: "warning",
  metafile: true,
});

/** The folder of the package that a file belongs to, if it is not our own. */
const folderOf = (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];

const folders = new Set(Object.keys(metafile.inputs).map(folderOf).filter(Boolean));
const licences = [...folders].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((found) => /^licen[cs]e/i.test(found));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
});
// The page of an extension does not show pictures with relative addresses.
const inline = (file) => `data:image/png;base64,${readFileSync(file).toString("base64")}`;
writeFileSync("out/README.md", readFileSync("README.md", "utf8").replace(/media\/[\w-]+\.png/g, inline));
writeFileSync("out/licences.txt", licences.join(`\n${"-".repeat(80)}\n\n`));
