/** The restarts of the server after a crash. */

import {
  CloseAction,
  ErrorAction,
  type CloseHandlerResult,
  type ErrorHandler,
  type ErrorHandlerResult,
} from "vscode-languageclient/node";
import { showError } from "./messages";

const BUTTONS = {
  Restart: "midfill.restart",
  "Run the doctor": "midfill.doctor",
  "Show log": "midfill.showLog",
};
const LIMIT = 4;
const WITHIN_MS = 3 * 60_000;

/** Restarts the server up to four times in three minutes; then shows one error and waits for the user. */
export class Crashes implements ErrorHandler {
  private times: number[] = [];

  constructor(private readonly say: (state: "starting" | "error", message: string) => void) {}

  error(_error: Error, _message: unknown, count: number | undefined): ErrorHandlerResult {
    const action = (count ?? 0) <= LIMIT ? ErrorAction.Continue : ErrorAction.Shutdown;
    return { action, handled: true };
  }

  closed(): CloseHandlerResult {
    const now = Date.now();
    this.times = [...this.times.filter((time) => now - time < WITHIN_MS), now];
    if (this.times.length <= LIMIT) {
      this.say("starting", "The server ended by itself, and is started again.");
      return { action: CloseAction.Restart, handled: true };
    }
    const message = `The server ended ${String(this.times.length)} times in three minutes.`;
    this.say("error", message);
    void showError(`midfill: ${message}`, BUTTONS);
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}
