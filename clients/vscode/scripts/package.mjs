// Packs the extension. Without an argument the package has no server. With a platform, such as linux-x64, it has the
// server in the folder `server`, which .github/bundle.sh creates.
//
// usage: npm run package      npm run package -- PLATFORM

import { createVSIX } from "@vscode/vsce";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";

const target = process.argv[2];
const options = target === undefined ? {} : { target };
const name = target === undefined ? "midfill" : `midfill-${target}`;
const server = target === undefined ? "" : "!server/**\n";

if (target !== undefined) statSync("server/licences.txt"); // Fails where the server was not built.
mkdirSync("out", { recursive: true });
writeFileSync("out/vscodeignore", readFileSync(".vscodeignore", "utf8") + server);
await createVSIX({
  ...options,
  dependencies: false,
  rewriteRelativeLinks: false,
  readmePath: "out/README.md",
  ignoreFile: "out/vscodeignore",
  packagePath: `${name}.vsix`,
});
