/**
 * Ghost text that arrives after VS Code's timeout.
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
import { tooFar, tooLarge } from "./limits";

type Provide = NonNullable<Middleware["provideInlineCompletionItems"]>;

/** Called when nothing was asked, for that reason, or when a request by hand has brought nothing. */
type OnNothing = (document: TextDocument, reason: string, manual: boolean) => void;

/** A request, with the document version and the cursor at its start. */
interface Asked {
  document: TextDocument;
  version: number;
  position: Position;
  source: CancellationTokenSource;
}

export class Patience {
  private asked: Asked | undefined;
  /** The last request was for a place where nothing is asked. */
  private limited = false;
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
  constructor(
    private readonly onNothing: OnNothing,
    private readonly shown: (item: InlineCompletionItem) => void,
  ) {}

  /** The middleware between VS Code and the language client. */
  readonly provide: Provide = async (document, position, context, token, next) => {
    const manual = context.triggerKind === InlineCompletionTriggerKind.Invoke;
    const limit = tooLarge(document) || tooFar(document, position);
    if (limit !== "" || this.limited) this.onNothing(document, limit, manual && limit !== "");
    this.limited = limit !== "";
    if (this.limited) return [];
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
    if (meant.triggerKind === InlineCompletionTriggerKind.Invoke && isEmpty(answer)) this.nothing(asked);
    const late = token.isCancellationRequested && !asked.source.token.isCancellationRequested;
    if (late && !repeated && !isEmpty(answer)) await this.repeat(asked);
    const first = itemsOf(answer)[0];
    if (!token.isCancellationRequested && first !== undefined) this.shown(first);
    return answer;
  };

  /** Have VS Code ask for a suggestion at the cursor, as if a key had been typed. */
  async prompt(): Promise<void> {
    const editor = window.activeTextEditor;
    if (editor?.selection.isEmpty !== true) return;
    const { document, selection } = editor;
    const source = new CancellationTokenSource();
    await this.repeat({ document, version: document.version, position: selection.active, source });
  }

  dispose(): void {
    this.watches.dispose();
    this.asked?.source.cancel();
  }

  private nothing(asked: Asked): void {
    if (!asked.source.token.isCancellationRequested) this.onNothing(asked.document, "", true);
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
