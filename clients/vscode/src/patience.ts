/**
 * Ghost text that arrives after VS Code's timeout, or after VS Code has shown a part of it.
 *
 * By default `editor.quickSuggestions` is `offWhenInlineCompletions`. VS Code then cancels a request for inline
 * completions after 750 ms and may open the popup instead (1.139, `_waitForInlineCompletionsAndTrigger` in
 * suggestModel.ts). A model can take longer. This module continues such a request while the cursor stays in place, and
 * makes VS Code repeat the request when the answer arrives.
 */

import {
  CancellationTokenSource,
  commands,
  Disposable,
  InlineCompletionTriggerKind,
  window,
  workspace,
  type InlineCompletionItem,
  type Position,
  type TextDocument,
} from "vscode";
import type { Middleware } from "vscode-languageclient/node";

type Provide = NonNullable<Middleware["provideInlineCompletionItems"]>;

/** A request, with the document version and the cursor at its start. */
interface Asked {
  document: TextDocument;
  version: number;
  position: Position;
  source: CancellationTokenSource;
}

export class Patience {
  private asked: Asked | undefined;
  /** The request that VS Code is about to repeat. */
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

  /** @param shown - is called with what VS Code shows of an answer. */
  constructor(private readonly shown: (item: InlineCompletionItem) => void) {}

  /** The middleware between VS Code and the language client. */
  readonly provide: Provide = async (document, position, context, token, next) => {
    const repeated = this.takeAgain(document, position);
    const asked = this.begin({
      document,
      version: document.version,
      position,
      source: new CancellationTokenSource(),
    });
    // The repeated request is automatic: a manual trigger would request alternatives.
    const meant = repeated ? { ...context, triggerKind: InlineCompletionTriggerKind.Automatic } : context;
    const answer = await next(document, position, meant, asked.source.token);
    const late = token.isCancellationRequested && !asked.source.token.isCancellationRequested;
    if (late && !repeated && !isEmpty(answer)) await this.repeat(asked);
    const first = itemsOf(answer)[0];
    if (!token.isCancellationRequested && first !== undefined) this.shown(first);
    return answer;
  };

  /**
   * Make VS Code repeat its latest request, because the suggestion can grow.
   *
   * The shown suggestion is hidden first: VS Code would prefer it to the new answer (1.139).
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

  /** Cancel the request if the cursor or the document has changed. */
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
  return itemsOf(answer).length === 0;
}

function itemsOf(answer: Awaited<ReturnType<Provide>>): InlineCompletionItem[] {
  return Array.isArray(answer) ? answer : (answer?.items ?? []);
}
