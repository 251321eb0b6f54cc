/** Marks the walkthrough's steps as completed. */

import { commands } from "vscode";

/** VS Code reads a walkthrough up to 5 s after its start; a step whose condition was true before is never marked. */
const READ_MS = 15_000;

export class Tour {
  private readonly read = new Promise((resolve) => setTimeout(resolve, READ_MS));

  /** Mark the step that has this context key as completed. */
  async tick(key: string): Promise<void> {
    await this.read;
    await commands.executeCommand("setContext", key, true);
  }
}
