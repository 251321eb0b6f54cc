/** midfill for VS Code: starts the language server, and adds the API key, the status and the menu. */

import { window, workspace, type ExtensionContext } from "vscode";
import { registerCommands } from "./commands";
import { NextEdits } from "./edits";
import { Key } from "./key";
import { onPythonChange } from "./python";
import { Server } from "./server";
import { settingKeys } from "./settings";
import { Silence } from "./silence";
import { Snooze } from "./snooze";
import { Status } from "./status";
import { Tour } from "./tour";
import { UsagePage } from "./usage";
import { Welcome } from "./welcome";

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("midfill", { log: true });
  const trace = window.createOutputChannel("midfill trace", { log: true });
  const status = new Status();
  const key = new Key(context.secrets);
  const keys = settingKeys(context.extension.packageJSON);
  const { homepage } = context.extension.packageJSON as { homepage: string };
  const home = { storage: context.globalStorageUri.fsPath, page: `${homepage}#install` };
  const running = (server = new Server({ log, trace, key, keys, status, home }));
  const usage = new UsagePage();
  const welcome = new Welcome(context.globalState);
  const tour = new Tour();
  const silence = new Silence(running, status);
  const snooze = new Snooze(context.globalState, running);
  const edits = new NextEdits(running);
  context.subscriptions.push(
    log,
    trace,
    status,
    running,
    usage,
    silence,
    edits,
    running.onNothing((nothing) => silence.explain(nothing)),
    running.onDidStart(() => tour.tick("midfill.served")),
    status.onDidChange((shown) => welcome.consider(shown)),
    key.onDidChange(() => running.restart()),
    workspace.onDidGrantWorkspaceTrust(() => running.restart()),
    workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("midfill.server")) await running.restart();
      else if (change.affectsConfiguration("midfill")) await running.configure();
    }),
    await onPythonChange(() => running.pythonChanged()),
    ...registerCommands({ server: running, status, key, log, usage, silence, snooze, edits }),
  );
  if ((await key.get()) !== undefined) void tour.tick("midfill.hasKey");
  await running.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
