/** The commands of the palette, the keys and the menu. The server's commands have other names. */

import { execFile } from "node:child_process";
import {
  commands,
  ConfigurationTarget,
  l10n,
  window,
  workspace,
  type Disposable,
  type LogOutputChannel,
} from "vscode";
import type { NextEdits } from "./edits";
import { FOLDER } from "./find";
import type { Key } from "./key";
import { askFor, showMenu } from "./menu";
import type { Server } from "./server";
import { openSettings } from "./settings";
import type { Silence } from "./silence";
import type { Snooze } from "./snooze";
import type { Status } from "./status";
import { enable, toggle, toggleLanguage } from "./toggle";
import type { UsagePage } from "./usage";

export interface Parts {
  server: Server;
  status: Status;
  key: Key;
  log: LogOutputChannel;
  usage: UsagePage;
  silence: Silence;
  snooze: Snooze;
  edits: NextEdits;
}

const SNOOZES = new Map([
  [l10n.t("5 minutes"), 5],
  [l10n.t("15 minutes"), 15],
  [l10n.t("1 hour"), 60],
  [l10n.t("8 hours"), 480],
]);
const DOCTOR_MS = 60_000;
/** Maximum time until VS Code reports that the whole suggestion was accepted. */
const ACCEPT_MS = 1_000;

export function registerCommands(parts: Parts): Disposable[] {
  const { server, status, key, log } = parts;
  const actions: Record<string, () => unknown> = {
    menu: () => showMenu(status.shown),
    toggleCompletions: () => toggle(),
    toggleLanguage: () => toggleLanguage(),
    snoozeCompletions: () => snooze(parts.snooze),
    resume: () => resume(parts.snooze),
    alternatives: () => askHere(parts),
    acceptNextLine: () => acceptNextLine(server),
    takeEdit: () => parts.edits.take(),
    dropEdit: () => parts.edits.drop(),
    toggleNextEdits: () => server.execute("midfill.toggleEdits"),
    snoozeNextEdits: () => server.execute("midfill.snoozeEdits"),
    nextPlaceholder: () => nextPlaceholder(server),
    setKey: () => key.ask(),
    tryAgain: () => tryAgain(server),
    chooseModel: () => chooseModel(status.shown.offers ?? []),
    clearKey: () => key.clear(),
    showStats: () => showUsage(parts),
    lastPrompt: () => openLastPrompt(server),
    doctor: () => examine(parts),
    showLog: () => {
      log.show(true);
    },
    settings: () => openSettings("@ext:midfill.midfill"),
    restart: () => server.restart(),
    install: () => server.restart(),
    walkthrough: () => openWalkthrough(server),
  };
  return Object.entries(actions).map(([name, act]) => commands.registerCommand(`midfill.${name}`, act));
}

/** Open the walkthrough, and complete its step for a running server; VS Code has read the steps by then. */
async function openWalkthrough(server: Server): Promise<void> {
  await commands.executeCommand("workbench.action.openWalkthrough", "midfill.midfill#start");
  if (server.isRunning) await commands.executeCommand("setContext", "midfill.shown", true);
}

async function snooze(pause: Snooze): Promise<void> {
  const minutes = await askFor(l10n.t("Snooze completions for"), SNOOZES);
  if (minutes !== undefined) await pause.begin(minutes);
}

/** End a pause of midfill, by a snooze or by the setting. */
async function resume(pause: Snooze): Promise<void> {
  await pause.end();
  await enable();
}

/** Accept the next line; after the last one request more text, as VS Code does after Tab. */
async function acceptNextLine(server: Server): Promise<void> {
  const watch = server.onDidAccept(() => {
    watch.dispose();
    void server.prompt();
  });
  setTimeout(() => {
    watch.dispose();
  }, ACCEPT_MS);
  await commands.executeCommand("editor.action.inlineSuggest.acceptNextLine");
}

/** Request a suggestion at the cursor; without a server, say so. */
async function askHere({ server, silence }: Parts): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (!server.isRunning && document !== undefined)
    await silence.explain({ document, reason: "", manual: true });
  else await commands.executeCommand("editor.action.inlineSuggest.trigger");
}

/** Go to a snippet's next placeholder, and request a suggestion there if it is empty. */
async function nextPlaceholder(server: Server): Promise<void> {
  await commands.executeCommand("jumpToNextSnippetPlaceholder");
  await server.prompt();
}

/** Let the next request call the backend again, and send a request. */
async function tryAgain(server: Server): Promise<void> {
  await server.execute("midfill.retry");
  // VS Code keeps the shown suggestion before the answer to a manual request.
  await commands.executeCommand("editor.action.inlineSuggest.hide");
  await server.prompt();
}

/** Let the user choose among the models that the backend offers. */
async function chooseModel(offers: readonly string[]): Promise<void> {
  if (offers.length === 0) {
    await openSettings("midfill.model");
    return;
  }
  const model = await window.showQuickPick(offers, { title: l10n.t("Model") });
  if (model !== undefined)
    await workspace.getConfiguration("midfill").update("model", model, ConfigurationTarget.Global);
}

/** Open the page with the usage; an error is logged. */
async function showUsage({ server, usage, log }: Parts): Promise<void> {
  if (server.midfill === undefined) {
    await server.restart();
    return;
  }
  try {
    await usage.show(server.midfill);
  } catch (error) {
    log.error(`midfill stats: ${(error as Error).message}`);
    log.show(true);
  }
}

/** Open the text that the last call for the active file sent. */
async function openLastPrompt(server: Server): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document === undefined) return;
  const prompt = await server.execute("midfill.showPrompt", document.uri.toString());
  if (typeof prompt === "string") {
    await window.showTextDocument(
      await workspace.openTextDocument({ content: prompt, language: document.languageId }),
    );
  } else {
    await window.showInformationMessage("midfill has sent nothing for this file yet.");
  }
}

/** Run `midfill doctor` with the server's environment and the editor's settings, and show the result in the log. */
async function examine({ server, key, log }: Parts): Promise<void> {
  const { midfill } = server;
  if (midfill === undefined) {
    await server.restart();
    return;
  }
  const env = { ...process.env, ...(await key.environment()) };
  const options = { cwd: FOLDER, env, timeout: DOCTOR_MS, windowsHide: true };
  await new Promise<void>((resolve) => {
    const args = [...midfill.args, "doctor", "--client", "-"];
    const doctor = execFile(midfill.command, args, options, (error, output, complaints) => {
      log.info(
        `midfill doctor\n${output}${complaints}${output === "" && error !== null ? error.message : ""}`,
      );
      resolve();
    });
    doctor.stdin?.on("error", () => undefined).end(JSON.stringify(server.settings()));
  });
  log.show(true);
}
