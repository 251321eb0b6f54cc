/** Shows why nothing is suggested: in the active document, and after a manual request. */

import { Disposable, l10n, window, workspace, type TextDocument } from "vscode";
import { tooLarge } from "./limits";
import type { Nothing, Server } from "./server";
import type { Shown, Status } from "./status";

/** The server's reasons for a document; empty if suggestions are possible. */
interface Reasons {
  /** Why typing shows no suggestions anywhere in the document. */
  typing: string;
  /** Why the last request had no suggestion. */
  last: string;
}

export class Silence {
  private readonly watches: Disposable;
  private paused = false;

  constructor(
    private readonly server: Server,
    private readonly status: Status,
  ) {
    this.watches = Disposable.from(
      window.onDidChangeActiveTextEditor(() => this.look()),
      workspace.onDidSaveTextDocument(() => this.look()),
      status.onDidChange((shown) => this.consider(shown)),
      server.onDidConfigure(() => this.look()),
    );
  }

  /** Show the reason in the status bar: for some seconds after a manual request, otherwise as long as it applies. */
  async explain({ document, reason, manual }: Nothing): Promise<void> {
    if (!manual) {
      this.status.silent(reason);
      return;
    }
    const reasons = await this.ask(document);
    const known = reasons === undefined ? l10n.t("the server does not run") : reasons.last || reasons.typing;
    this.status.note(reason || known);
  }

  dispose(): void {
    this.watches.dispose();
  }

  /** Show whether typing has no suggestions in the active document. */
  private async look(): Promise<void> {
    const document = window.activeTextEditor?.document;
    const reasons = document === undefined ? undefined : await this.ask(document);
    const limit = document === undefined ? "" : tooLarge(document);
    if (document === window.activeTextEditor?.document) this.status.silent(limit || (reasons?.typing ?? ""));
  }

  private async consider({ state }: Shown): Promise<void> {
    const paused = state !== "ready" && state !== "busy";
    if (paused === this.paused) return;
    this.paused = paused;
    await this.look();
  }

  private async ask({ uri, languageId }: TextDocument): Promise<Reasons | undefined> {
    return (await this.server.execute("midfill.why", uri.toString(), languageId)) as Reasons | undefined;
  }
}
