/** Notifications with buttons for a remedy. */

import { commands, env, l10n, Uri, window } from "vscode";
import { MessageType, type ShowMessageParams } from "vscode-languageclient/node";

/** The command of each button, or the address of a page. */
export type Buttons = Record<string, string>;

const DOCTOR: Buttons = { [l10n.t("Run the doctor")]: "midfill.doctor" };
const EXPLAINS: Buttons = { [l10n.t("Show log")]: "midfill.showLog" };
const SETS_KEY: Buttons = { [l10n.t("Set API key…")]: "midfill.setKey", ...DOCTOR };

/** The buttons for each kind of error that only the user can fix. */
const REMEDIES: Record<string, Buttons> = {
  "no key": SETS_KEY,
  "bad key": SETS_KEY,
  "no credit": { [l10n.t("Try again")]: "midfill.tryAgain" },
  "unknown model": { [l10n.t("Choose a model…")]: "midfill.chooseModel" },
  settings: { [l10n.t("Open settings")]: "midfill.settings", ...DOCTOR },
};
const PAGE = /https:\/\/\S+\/top_up/;

/** Show an error, and run the command of the pressed button. */
export function showError(message: string, buttons: Buttons): Promise<void> {
  return act(window.showErrorMessage(message, ...Object.keys(buttons)), buttons);
}

/** Show a message of the server; `kind` is the kind of the server's error. */
export function showMessage({ type, message }: ShowMessageParams, kind = ""): Promise<void> {
  if (type === MessageType.Error) return showError(message, remedies(message, kind));
  const show = type === MessageType.Warning ? window.showWarningMessage : window.showInformationMessage;
  return act(show(message, ...Object.keys(EXPLAINS)), EXPLAINS);
}

function remedies(message: string, kind: string): Buttons {
  const page = PAGE.exec(message)?.[0];
  return { ...(page === undefined ? {} : { [l10n.t("Top up")]: page }), ...(REMEDIES[kind] ?? DOCTOR) };
}

async function act(pressed: Thenable<string | undefined>, buttons: Buttons): Promise<void> {
  const target = buttons[(await pressed) ?? ""];
  if (target === undefined) return;
  if (target.startsWith("https:")) await env.openExternal(Uri.parse(target));
  else await commands.executeCommand(target);
}
