/** The ticks of the walkthrough's steps. */

import { commands } from "vscode";

/** VS Code reads a walkthrough up to 5 s after its start; a step whose condition held before is never ticked. */
const READ_MS = 15_000;

export class Tour {
  private readonly read = new Promise((resolve) => setTimeout(resolve, READ_MS));

  /** Tick the step that waits for this context key. */
  async tick(key: string): Promise<void> {
    await this.read;
    await commands.executeCommand("setContext", key, true);
  }
}
