/** The page with the cost and the use of completion. */

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ViewColumn, window, type WebviewPanel } from "vscode";
import { FOLDER, type Midfill } from "./find";

const run = promisify(execFile);
const LIMIT_MS = 60_000;

export class UsagePage {
  private panel: WebviewPanel | undefined;

  /** Show the page with the current figures. Throws an error with the server's output. */
  async show(midfill: Midfill): Promise<void> {
    const html = await written(midfill);
    if (this.panel === undefined) {
      this.panel = window.createWebviewPanel("midfill.usage", "midfill: Usage", ViewColumn.Active);
      this.panel.onDidDispose(() => (this.panel = undefined));
    }
    this.panel.webview.html = html;
    this.panel.reveal();
  }

  dispose(): void {
    this.panel?.dispose();
  }
}

/** Return the page that `midfill stats` writes; it has no scripts, and needs no network. */
async function written({ command, args }: Midfill): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "midfill-"));
  try {
    const file = join(folder, "usage.html");
    const options = { cwd: FOLDER, timeout: LIMIT_MS, windowsHide: true };
    await run(command, [...args, "stats", "--html", file], options);
    return await readFile(file, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
