/** Tells a new user once about DeepSeek, while the embedded engine answers. */

import { commands, l10n, window, workspace, type Memento } from "vscode";
import type { Shown } from "./status";

const TOLD = "midfill.welcomed";

export class Welcome {
  constructor(private readonly memory: Memento) {}

  async consider({ state, backend }: Shown): Promise<void> {
    const wanted = workspace.getConfiguration("midfill").get("backend") === "local";
    if (state !== "ready" || backend !== "local" || wanted || this.memory.get(TOLD) === true) return;
    await this.memory.update(TOLD, true);
    const key = l10n.t("Set API key…");
    const tour = l10n.t("Get started");
    const chosen = await window.showInformationMessage(
      l10n.t(
        "midfill is completing from your own files, without any network. With a DeepSeek API key a model completes too.",
      ),
      key,
      tour,
    );
    if (chosen === key) await commands.executeCommand("midfill.setKey");
    if (chosen === tour) await commands.executeCommand("midfill.walkthrough");
  }
}
