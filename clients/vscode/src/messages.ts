/** Notifications with buttons for a remedy. */

import { commands, window } from "vscode";
import { MessageType, type ShowMessageParams } from "vscode-languageclient/node";

/** The command of each button. */
export type Buttons = Record<string, string>;

const MENDS_KEY: Buttons = { "Set API key…": "midfill.setKey", "Run the doctor": "midfill.doctor" };
const EXPLAINS: Buttons = { "Show log": "midfill.showLog" };

/** Show an error, and run the command of the pressed button. */
export function showError(message: string, buttons: Buttons): Promise<void> {
  return act(window.showErrorMessage(message, ...Object.keys(buttons)), buttons);
}

/** Show a message of the server; its errors are those that only the user can fix: key, credit, model. */
export function showMessage({ type, message }: ShowMessageParams): Promise<void> {
  if (type === MessageType.Error) return showError(message, MENDS_KEY);
  const show = type === MessageType.Warning ? window.showWarningMessage : window.showInformationMessage;
  return act(show(message, ...Object.keys(EXPLAINS)), EXPLAINS);
}

async function act(pressed: Thenable<string | undefined>, buttons: Buttons): Promise<void> {
  const command = buttons[(await pressed) ?? ""];
  if (command !== undefined) await commands.executeCommand(command);
}
