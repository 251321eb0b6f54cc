/** The next edit, shown at its place, with a hint at the cursor. Tab jumps there, and accepts it there. */

import {
  CancellationTokenSource,
  commands,
  Range,
  Selection,
  TextEditorRevealType,
  ThemeColor,
  Uri,
  window,
  workspace,
  WorkspaceEdit,
  type DecorationOptions,
  type Disposable,
  type TextDocument,
  type TextEditor,
} from "vscode";
import type { Server } from "./server";

interface Place {
  line: number;
  character: number;
}

interface Offer {
  text: string;
  range: { start: Place; end: Place };
  textDocument: { uri: string; version: number | null };
  command: { command: string; title: string; arguments: unknown[] };
}

/** True while an edit is shown; the keys depend on it. */
const CONTEXT = "midfill.nextEdit";
/** The language client sends a change after other listeners are called; a request must not precede the change. */
const PAUSE_MS = 100;
const ARROW = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M4 3l8 5-8 5z" fill="#3a9"/></svg>`;
const ICON = Uri.parse(`data:image/svg+xml;utf8,${encodeURIComponent(ARROW)}`);

export class NextEdits implements Disposable {
  private readonly change = window.createTextEditorDecorationType({
    gutterIconPath: ICON,
    gutterIconSize: "contain",
    backgroundColor: new ThemeColor("diffEditor.removedTextBackground"),
  });
  private readonly hint = window.createTextEditorDecorationType({});
  private readonly watches: Disposable[];
  private offer: Offer | undefined;
  private asked = new CancellationTokenSource();

  constructor(private readonly server: Server) {
    this.watches = [
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && document === window.activeTextEditor?.document) void this.ask();
      }),
      window.onDidChangeTextEditorSelection(() => {
        this.draw();
      }),
      window.onDidChangeActiveTextEditor(() => {
        this.draw();
      }),
      server.onDidShow(() => {
        this.clear();
      }),
    ];
  }

  dispose(): void {
    this.asked.cancel();
    for (const part of [...this.watches, this.change, this.hint]) part.dispose();
  }

  /** Request the next edit; the server answers when the user pauses. */
  private async ask(): Promise<void> {
    this.clear();
    const editor = window.activeTextEditor;
    if (editor === undefined) return;
    const asked = (this.asked = new CancellationTokenSource());
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (this.asked !== asked) return;
    const { uri, version } = editor.document;
    const textDocument = { uri: uri.toString(), version };
    const params = { textDocument, position: editor.selection.active };
    const answer = await this.server.connection
      ?.sendRequest<{ edits: Offer[] }>("midfill/nextEdit", params, asked.token)
      .catch(() => undefined);
    const offer = answer?.edits[0];
    if (this.asked !== asked || offer === undefined || editor.document.version !== version) return;
    this.offer = offer;
    this.draw();
    await this.server.connection?.sendNotification("textDocument/didShowInlineEdit", {
      item: { command: offer.command },
    });
  }

  /** Jump to the edit; accept it if the cursor is on its line. */
  async take(): Promise<void> {
    const { offer } = this;
    const editor = window.activeTextEditor;
    if (offer === undefined || editor === undefined) return;
    if (!isHere(offer, editor)) {
      await jump(offer, editor);
      this.offer = offer;
      this.draw();
      return;
    }
    this.clear();
    const edit = new WorkspaceEdit();
    edit.replace(editor.document.uri, rangeOf(offer, editor.document), offer.text);
    await workspace.applyEdit(edit);
    await this.server.execute(offer.command.command, ...offer.command.arguments);
    await this.ask();
  }

  /** Drop the edit: it is not offered again. */
  async drop(): Promise<void> {
    const { offer } = this;
    this.clear();
    if (offer !== undefined) await this.server.execute("midfill.editRefused", ...offer.command.arguments);
  }

  private clear(): void {
    this.asked.cancel();
    this.asked = new CancellationTokenSource();
    this.offer = undefined;
    this.draw();
  }

  private draw(): void {
    const { offer } = this;
    for (const editor of window.visibleTextEditors) {
      const there = offer !== undefined && isIn(offer, editor.document);
      editor.setDecorations(this.change, there ? [changeOf(offer, editor.document)] : []);
      const active = offer !== undefined && editor === window.activeTextEditor && !isHere(offer, editor);
      editor.setDecorations(this.hint, active ? [hintOf(offer, editor)] : []);
    }
    void commands.executeCommand("setContext", CONTEXT, offer !== undefined);
  }
}

function isIn(offer: Offer, document: TextDocument): boolean {
  return document.uri.toString() === Uri.parse(offer.textDocument.uri).toString();
}

function isHere(offer: Offer, editor: TextEditor): boolean {
  return isIn(offer, editor.document) && editor.selection.active.line === offer.range.start.line;
}

function rangeOf({ range: { start, end } }: Offer, document: TextDocument): Range {
  return document.validateRange(new Range(start.line, start.character, end.line, end.character));
}

/** Move the cursor to the edit: in the active editor at once, so that an immediate second Tab accepts it. */
async function jump(offer: Offer, active: TextEditor): Promise<void> {
  const isThere = isIn(offer, active.document);
  const editor = isThere ? active : await window.showTextDocument(Uri.parse(offer.textDocument.uri));
  const { start } = rangeOf(offer, editor.document);
  editor.selection = new Selection(start, start);
  editor.revealRange(new Range(start, start), TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Return the decoration of the place: the removed text is marked, and the inserted text follows it. */
function changeOf(offer: Offer, document: TextDocument): DecorationOptions {
  const [first = "", ...more] = offer.text.replace(/\r?\n$/, "").split(/\r?\n/);
  const contentText = more.length > 0 ? `${first} … +${String(more.length)}` : first;
  const backgroundColor = new ThemeColor("diffEditor.insertedTextBackground");
  return { range: rangeOf(offer, document), renderOptions: { after: { contentText, backgroundColor } } };
}

/** Return the decoration of the cursor's line: where the edit is. */
function hintOf(offer: Offer, editor: TextEditor): DecorationOptions {
  const { line } = editor.selection.active;
  const at = offer.range.start.line;
  const file = Uri.parse(offer.textDocument.uri).path.split("/").pop() ?? "";
  const there = `${at < line ? "↑" : "↓"} ${String(at + 1)}`;
  const contentText = `Tab ${isIn(offer, editor.document) ? there : `→ ${file}:${String(at + 1)}`}`;
  const after = { contentText, color: new ThemeColor("editorGhostText.foreground"), margin: "0 0 0 2em" };
  return { range: editor.document.lineAt(line).range, renderOptions: { after } };
}
