/** A pause of some minutes, which survives a restart of the server. */

import { l10n, type Memento } from "vscode";
import { showError } from "./messages";
import type { Server } from "./server";

const UNTIL = "midfill.snoozedUntil";
const MINUTE_MS = 60_000;

export class Snooze {
  constructor(
    private readonly memory: Memento,
    private readonly server: Server,
  ) {
    server.onDidStart(() => this.resume());
  }

  async begin(minutes: number): Promise<void> {
    if (!this.server.isRunning) {
      await showError(l10n.t("midfill's server does not run: there is nothing to snooze."), {
        [l10n.t("Start the server")]: "midfill.restart",
      });
      return;
    }
    await this.memory.update(UNTIL, Date.now() + minutes * MINUTE_MS);
    await this.server.execute("midfill.snooze", minutes);
  }

  async end(): Promise<void> {
    await this.memory.update(UNTIL, undefined);
    await this.server.execute("midfill.snooze", 0);
  }

  /** Send a pause that has already begun to a server that has just started. */
  private async resume(): Promise<void> {
    const left = this.memory.get<number>(UNTIL, 0) - Date.now();
    if (left > 0) await this.server.execute("midfill.snooze", left / MINUTE_MS);
  }
}
