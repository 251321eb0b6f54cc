/** The menu of the status bar item. */

import { commands, l10n, QuickPickItemKind, window, type QuickPickItem } from "vscode";
import { headline, type Shown } from "./status";
import { isOn } from "./toggle";

interface Choice extends QuickPickItem {
  command?: string;
}

export async function showMenu(shown: Shown): Promise<void> {
  const title = `midfill: ${headline(shown)}`;
  const options = shown.message === "" ? { title } : { title, placeHolder: shown.message };
  const choice = await window.showQuickPick(choices(shown), options);
  // A click on the status bar takes the focus from the editor; return it.
  if (window.activeTextEditor !== undefined)
    await commands.executeCommand("workbench.action.focusActiveEditorGroup");
  if (choice?.command !== undefined) await commands.executeCommand(choice.command);
}

/** Let the user choose a name, and return its value. */
export async function askFor<T>(title: string, values: ReadonlyMap<string, T>): Promise<T | undefined> {
  const name = await window.showQuickPick([...values.keys()], { title });
  return name === undefined ? undefined : values.get(name);
}

function choices({ state, usage }: Shown): Choice[] {
  if (state === "missing")
    return [item("cloud-download", l10n.t("Install the server…"), "install"), ...service()];
  return [
    ...completions(state === "paused"),
    line(l10n.t("Usage")),
    ...account(usage),
    line(l10n.t("Service")),
    ...service(),
  ];
}

function completions(paused: boolean): Choice[] {
  const language = window.activeTextEditor?.document.languageId;
  return [
    ...(paused
      ? [item("debug-start", l10n.t("Resume completions"), "resume")]
      : [
          item("circle-slash", l10n.t("Turn completions off"), "toggleCompletions"),
          item("bell-slash", l10n.t("Snooze…"), "snoozeCompletions"),
        ]),
    ...(language === undefined ? [] : inLanguage(language)),
  ];
}

function inLanguage(language: string): Choice[] {
  return [
    item(
      "file-code",
      isOn(language)
        ? l10n.t("Turn completions off for {0}", language)
        : l10n.t("Turn completions on for {0}", language),
      "toggleLanguage",
    ),
    item("lightbulb", l10n.t("Request alternatives here"), "alternatives"),
  ];
}

function account(usage = ""): Choice[] {
  return [
    { ...item("graph", l10n.t("Usage"), "showStats"), description: usage },
    item("key", l10n.t("DeepSeek API key…"), "setKey"),
  ];
}

function service(): Choice[] {
  return [
    item("pulse", l10n.t("Doctor"), "doctor"),
    item("output", l10n.t("Log"), "showLog"),
    item("gear", l10n.t("Settings"), "settings"),
    item("debug-restart", l10n.t("Restart the server"), "restart"),
  ];
}

function item(icon: string, label: string, command: string): Choice {
  return { label: `$(${icon}) ${label}`, command: `midfill.${command}` };
}

function line(label: string): Choice {
  return { label, kind: QuickPickItemKind.Separator };
}
