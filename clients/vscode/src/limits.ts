/** Places in which VS Code cannot show ghost text, or only after it has stopped for many seconds. */

import { l10n, workspace, type Position, type TextDocument } from "vscode";

const KB = 1024;

/**
 * Return why no request is sent for a document; empty if it is small enough.
 *
 * VS Code colours ghost text, and for that it has to read the file up to the cursor at once: 7 s for each MB (1.139,
 * `tokenizeLinesAt` in ghostTextView.ts).
 */
export function tooLarge(document: TextDocument): string {
  const most = workspace.getConfiguration("midfill", document.uri).get<number>("trigger.maxFileKb", 1000);
  const size = document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
  return size > most * KB ? l10n.t("the file is larger than {0} KiB (midfill.trigger.maxFileKb)", most) : "";
}

/** Return why no request is sent at a place; empty if VS Code draws that part of the line. */
export function tooFar(document: TextDocument, { character }: Position): string {
  const most = workspace.getConfiguration("editor", document).get<number>("stopRenderingLineAfter", 10_000);
  return most >= 0 && character >= most
    ? l10n.t("VS Code draws only {0} characters of a line (editor.stopRenderingLineAfter)", most)
    : "";
}
