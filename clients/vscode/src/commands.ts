/** The commands of the palette, the keys and the menu. The server's commands have other names. */

import { execFile } from "node:child_process";
import { commands, type Disposable, type LogOutputChannel, window, workspace } from "vscode";
import { FOLDER } from "./find";
import type { Key } from "./key";
import { askFor, showMenu } from "./menu";
import type { Server } from "./server";
import type { Status } from "./status";
import { isEnabled, toggle, toggleLanguage } from "./toggle";
import type { UsagePage } from "./usage";

export interface Parts {
  server: Server;
  status: Status;
  key: Key;
  log: LogOutputChannel;
  usage: UsagePage;
}

const SNOOZES = new Map([
  ["5 minutes", 5],
  ["15 minutes", 15],
  ["1 hour", 60],
  ["8 hours", 480],
]);
const DOCTOR_MS = 60_000;

export function registerCommands(parts: Parts): Disposable[] {
  const { server, status, key, log } = parts;
  const actions: Record<string, () => unknown> = {
    menu: () => showMenu(status.shown),
    toggleCompletions: () => toggle(),
    toggleLanguage: () => toggleLanguage(),
    snoozeCompletions: () => snooze(server),
    resume: () => resume(server),
    alternatives: () => commands.executeCommand("editor.action.inlineSuggest.trigger"),
    acceptNextLine: () => commands.executeCommand("editor.action.inlineSuggest.acceptNextLine"),
    setKey: () => key.ask(),
    clearKey: () => key.clear(),
    showStats: () => showUsage(parts),
    lastPrompt: () => openLastPrompt(server),
    doctor: () => run(parts, "doctor"),
    showLog: () => {
      log.show(true);
    },
    settings: () => commands.executeCommand("workbench.action.openSettings", "@ext:midfill.midfill"),
    restart: () => server.restart(),
    install: () => server.restart(),
    walkthrough: () => commands.executeCommand("workbench.action.openWalkthrough", "midfill.midfill#start"),
  };
  return Object.entries(actions).map(([name, act]) => commands.registerCommand(`midfill.${name}`, act));
}

async function snooze(server: Server): Promise<void> {
  const minutes = await askFor("Snooze completions for", SNOOZES);
  if (minutes !== undefined) await server.execute("midfill.snooze", minutes);
}

/** End a pause of midfill, by a snooze or by the setting. */
async function resume(server: Server): Promise<void> {
  await server.execute("midfill.snooze", 0);
  if (!isEnabled()) await toggle();
}

/** Open the page with the usage; what went wrong goes into the log. */
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

/** Open what the last call for the file in front has sent. */
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

/** Run a subcommand of midfill in the server's environment, and show what it prints in the log. */
async function run({ server, key, log }: Parts, subcommand: string): Promise<void> {
  const { midfill } = server;
  if (midfill === undefined) {
    await server.restart();
    return;
  }
  const env = { ...process.env, ...(await key.environment()) };
  const options = { cwd: FOLDER, env, timeout: DOCTOR_MS, windowsHide: true };
  await new Promise<void>((resolve) => {
    execFile(midfill.command, [...midfill.args, subcommand], options, (error, output, complaints) => {
      log.info(
        `midfill ${subcommand}\n${output}${complaints}${output === "" && error !== null ? error.message : ""}`,
      );
      resolve();
    });
  });
  log.show(true);
}
