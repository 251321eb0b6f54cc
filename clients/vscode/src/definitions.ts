/** Requests definitions of names from the language servers that run in VS Code. */

import { commands, Position, Uri, type Location, type LocationLink, type Range } from "vscode";

interface Place {
  line: number;
  character: number;
}

/** The parameters of `midfill/definitions`. */
export interface Asked {
  uri: string;
  positions: Place[];
}

/** A location of LSP. */
export interface Defined {
  uri: string;
  range: { start: Place; end: Place };
}

/** Maximum milliseconds for the answers; later ones are left out. */
const LIMIT_MS = 1_500;

/** Answer `midfill/definitions`: where the names at some positions of a document are defined. */
export async function definitions({ uri, positions }: Asked): Promise<(Defined | null)[]> {
  const end = Date.now() + LIMIT_MS;
  const found: (Defined | null)[] = positions.map(() => null);
  for (const [index, { line, character }] of positions.entries()) {
    const left = end - Date.now();
    if (left <= 0) break;
    found[index] = await Promise.race([
      definition(Uri.parse(uri), new Position(line, character)),
      nothing(left),
    ]);
  }
  return found;
}

async function definition(uri: Uri, position: Position): Promise<Defined | null> {
  const provider = "vscode.executeDefinitionProvider";
  const [first] = await commands
    .executeCommand<(Location | LocationLink)[] | undefined>(provider, uri, position)
    .then(
      (all) => all ?? [],
      () => [], // The language server has failed, and reports the error itself.
    );
  if (first === undefined) return null;
  return "uri" in first
    ? location(first.uri, first.range)
    : location(first.targetUri, first.targetSelectionRange ?? first.targetRange);
}

function location(uri: Uri, { start, end }: Range): Defined {
  return {
    uri: uri.toString(),
    range: {
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    },
  };
}

function nothing(ms: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(null);
    }, ms);
  });
}
