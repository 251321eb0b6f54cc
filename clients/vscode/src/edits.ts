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
  type DecorationInstanceRenderOptions,
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
/** Maximum lines of an edit that are shown to the right of the document's lines. */
const MAX_LINES = 12;
/** Columns between the longest of these lines and the edit. */
const GAP = 3;
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
      editor.setDecorations(this.change, there ? changesOf(offer, editor) : []);
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

/**
 * Return the decorations of the edit. The removed text is marked, and the inserted text follows it. Several inserted
 * lines are shown to the right of the document's lines, from the first removed line on.
 */
function changesOf(offer: Offer, { document, options }: TextEditor): DecorationOptions[] {
  const range = rangeOf(offer, document);
  const lines = offer.text.replace(/\r?\n$/, "").split(/\r?\n/);
  if (lines.length === 1) return [{ range, renderOptions: added(lines[0] ?? "") }];
  const tab = typeof options.tabSize === "number" ? options.tabSize : 4;
  const room = Math.min(lines.length, MAX_LINES, document.lineCount - range.start.line);
  const shown = lines.slice(0, room);
  if (room < lines.length) shown.push(`${shown.pop() ?? ""} … +${String(lines.length - room)}`);
  const ends = shown.map((_, index) => document.lineAt(range.start.line + index).range.end);
  const widths = ends.map(({ line }) => columns(document.lineAt(line).text, tab));
  const column = Math.max(...widths) + GAP;
  const beside = shown.map((text, index) => {
    const end = ends[index] ?? range.end;
    const margin = `0 0 0 ${String(column - (widths[index] ?? 0))}ch`;
    return {
      range: new Range(end, end),
      renderOptions: added(text.replaceAll("\t", " ".repeat(tab)), margin),
    };
  });
  return range.isEmpty ? beside : [{ range }, ...beside];
}

function added(text: string, margin = "0"): DecorationInstanceRenderOptions {
  const backgroundColor = new ThemeColor("diffEditor.insertedTextBackground");
  return { after: { contentText: text.replaceAll(" ", "\u00a0"), backgroundColor, margin } };
}

/** Return the width of a line in columns. */
function columns(text: string, tab: number): number {
  let width = 0;
  for (const character of text) width += character === "\t" ? tab - (width % tab) : 1;
  return width;
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
