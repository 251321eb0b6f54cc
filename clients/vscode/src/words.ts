/** Splits a command line into words as a shell does: blanks separate, quotes keep them. */

import { sep } from "node:path";

const PART = /"([^"]*)"|'([^']*)'|\\([\s"'\\])|([^\s"'\\]+|\\)|\s+/g;

/** Return the words of a command line; on Windows a backslash is a part of a path. */
export function words(line: string): string[] {
  const parts = [...(sep === "\\" ? line.replaceAll("\\", "\\\\") : line).trim().matchAll(PART)];
  const found = [""];
  for (const [, ...kept] of parts) {
    const text = kept.find((part: string | undefined) => part !== undefined);
    if (text == null) found.push("");
    else found.push((found.pop() ?? "") + text);
  }
  return found.filter((word) => word !== "");
}
