/**
 * Ghost text that comes after VS Code has stopped waiting for it, or after it has shown a part of it.
 *
 * Where `editor.quickSuggestions` is `offWhenInlineCompletions`, as it is by default, VS Code cancels a request for
 * inline completions that takes longer than 750 ms, and looks whether it can open the popup instead (1.139,
 * `_waitForInlineCompletionsAndTrigger` in suggestModel.ts). A model may well take longer. So a request that nothing
 * but the time has overtaken goes on, and when its answer is there, VS Code is made to ask once more.
 */

import {
  CancellationTokenSource,
  commands,
  Disposable,
  InlineCompletionTriggerKind,
  window,
  workspace,
  type Position,
  type TextDocument,
} from "vscode";
import type { Middleware } from "vscode-languageclient/node";

type Provide = NonNullable<Middleware["provideInlineCompletionItems"]>;

/** A request on its way, and where the user was when it was made. */
interface Asked {
  document: TextDocument;
  version: number;
  position: Position;
  source: CancellationTokenSource;
}

export class Patience {
  private asked: Asked | undefined;
  /** The request that VS Code is being made to repeat. */
  private again: Asked | undefined;
  private readonly watches = Disposable.from(
    workspace.onDidChangeTextDocument(() => {
      this.look();
    }),
    window.onDidChangeTextEditorSelection(() => {
      this.look();
    }),
    window.onDidChangeActiveTextEditor(() => {
      this.look();
    }),
  );

  /** Stands between VS Code and the language client. */
  readonly provide: Provide = async (document, position, context, token, next) => {
    const repeated = this.takeAgain(document, position);
    const asked = this.begin({
      document,
      version: document.version,
      position,
      source: new CancellationTokenSource(),
    });
    // The repetition is no wish of the user's for alternatives, as a manual trigger is.
    const meant = repeated ? { ...context, triggerKind: InlineCompletionTriggerKind.Automatic } : context;
    const answer = await next(document, position, meant, asked.source.token);
    const late = token.isCancellationRequested && !asked.source.token.isCancellationRequested;
    if (late && !repeated && !isEmpty(answer)) await this.repeat(asked);
    return answer;
  };

  /**
   * Has VS Code ask once more where it asked last: there is more to show by now than half a line.
   *
   * What is shown is taken away first: VS Code keeps it before whatever a repetition brings (1.139).
   */
  async refresh(uri: string): Promise<void> {
    const asked = this.asked;
    if (asked?.document.uri.toString() !== uri || hasMoved(asked)) return;
    await commands.executeCommand("editor.action.inlineSuggest.hide");
    await this.repeat(asked);
  }

  dispose(): void {
    this.watches.dispose();
    this.asked?.source.cancel();
  }

  private begin(asked: Asked): Asked {
    this.asked?.source.cancel();
    return (this.asked = asked);
  }

  /** Cancel the request if the user is somewhere else by now. */
  private look(): void {
    if (this.asked !== undefined && hasMoved(this.asked)) this.asked.source.cancel();
  }

  private async repeat(asked: Asked): Promise<void> {
    if (hasMoved(asked)) return;
    this.again = asked;
    await commands.executeCommand("editor.action.inlineSuggest.trigger");
  }

  private takeAgain(document: TextDocument, position: Position): boolean {
    const again = this.again;
    this.again = undefined;
    return (
      again?.document === document && again.version === document.version && again.position.isEqual(position)
    );
  }
}

function hasMoved({ document, version, position }: Asked): boolean {
  const editor = window.activeTextEditor;
  return (
    editor?.document !== document ||
    document.version !== version ||
    !editor.selection.active.isEqual(position)
  );
}

function isEmpty(answer: Awaited<ReturnType<Provide>>): boolean {
  return (Array.isArray(answer) ? answer : (answer?.items ?? [])).length === 0;
}
