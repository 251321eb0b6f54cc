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

/** Called when no request was sent, with the reason, or when a manual request has an empty answer. */
type OnNothing = (document: TextDocument, reason: string, manual: boolean) => void;

/** A request, with the document version and the cursor at its start. */
interface PendingRequest {
  document: TextDocument;
  version: number;
  position: Position;
  source: CancellationTokenSource;
}

export class InlineRequests {
  private request: PendingRequest | undefined;
  /** The last request was for a place where no request is sent. */
  private limited = false;
  /** The request that VS Code is about to repeat. */
  private repeating: PendingRequest | undefined;
  private readonly watches = Disposable.from(
    workspace.onDidChangeTextDocument(() => {
      this.cancelStale();
    }),
    window.onDidChangeTextEditorSelection(() => {
      this.cancelStale();
    }),
    window.onDidChangeActiveTextEditor(() => {
      this.cancelStale();
    }),
  );

  /** @param shown - is called with the item that VS Code shows. */
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
    const repeated = this.takeRepeated(document, position);
    const request = this.begin({
      document,
      version: document.version,
      position,
      source: new CancellationTokenSource(),
    });
    // The repeated request is automatic: a manual trigger would request alternatives.
    const sent = repeated ? { ...context, triggerKind: InlineCompletionTriggerKind.Automatic } : context;
    const answer = await next(document, position, sent, request.source.token);
    if (sent.triggerKind === InlineCompletionTriggerKind.Invoke && isEmpty(answer)) this.nothing(request);
    const late = token.isCancellationRequested && !request.source.token.isCancellationRequested;
    if (late && !repeated && !isEmpty(answer)) await this.repeat(request);
    const first = itemsOf(answer)[0];
    if (!token.isCancellationRequested && first !== undefined) this.shown(first);
    return answer;
  };

  /** Make VS Code request a suggestion at the cursor, as if a key had been typed. */
  async prompt(): Promise<void> {
    const editor = window.activeTextEditor;
    if (editor?.selection.isEmpty !== true) return;
    const { document, selection } = editor;
    const source = new CancellationTokenSource();
    await this.repeat({ document, version: document.version, position: selection.active, source });
  }

  dispose(): void {
    this.watches.dispose();
    this.request?.source.cancel();
  }

  private nothing(request: PendingRequest): void {
    if (!request.source.token.isCancellationRequested) this.onNothing(request.document, "", true);
  }

  private begin(request: PendingRequest): PendingRequest {
    this.request?.source.cancel();
    return (this.request = request);
  }

  /** Cancel the request if the cursor or the document has changed. */
  private cancelStale(): void {
    if (this.request !== undefined && hasMoved(this.request)) this.request.source.cancel();
  }

  private async repeat(request: PendingRequest): Promise<void> {
    if (hasMoved(request)) return;
    this.repeating = request;
    await commands.executeCommand("editor.action.inlineSuggest.trigger");
  }

  private takeRepeated(document: TextDocument, position: Position): boolean {
    const repeating = this.repeating;
    this.repeating = undefined;
    return (
      repeating?.document === document &&
      repeating.version === document.version &&
      repeating.position.isEqual(position)
    );
  }
}

function hasMoved({ document, version, position }: PendingRequest): boolean {
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
