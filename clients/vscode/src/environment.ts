/** The extension's own virtual environment, and the interpreters that can create it. */

import { execFile } from "node:child_process";
import { join, sep } from "node:path";
import { promisify } from "node:util";
import { selectedPython } from "./python";

/** An interpreter that midfill can run with. */
export interface Python {
  command: string;
  version: string;
}

const WINDOWS = sep === "\\";
const run = promisify(execFile);
const PROBE_MS = 10_000;

/** Prints version and path; fails if Python is too old or cannot make a virtual environment with pip. */
const ASK =
  "import ensurepip, sys, venv; assert sys.version_info >= (3, 11); " +
  "print('.'.join(map(str, sys.version_info[:3]))); print(sys.executable)";

/** The names of interpreters on the PATH; the launcher of Windows also finds others. */
const NAMES = WINDOWS
  ? [["python"], ["py", "-3"]]
  : [["python3"], ["python"], ...[14, 13, 12, 11].map((minor) => [`python3.${String(minor)}`])];

/** The folder of the environment. */
export function environment(storage: string): string {
  return join(storage, "server");
}

/** The interpreter of the environment. */
export function interpreter(storage: string): string {
  return join(environment(storage), ...(WINDOWS ? ["Scripts", "python.exe"] : ["bin", "python"]));
}

/** Return the interpreters on this machine, one of each version; `folder` is the working folder. */
export async function pythons(folder: string): Promise<Python[]> {
  const selected = await selectedPython();
  const asked = [...(selected === undefined ? [] : [[selected]]), ...NAMES];
  const answers = await Promise.all(asked.map((command) => ask(command, folder)));
  const byVersion = new Map<string, Python>();
  for (const python of answers) {
    if (python !== undefined && !byVersion.has(python.version)) byVersion.set(python.version, python);
  }
  return [...byVersion.values()];
}

async function ask([command = "", ...args]: string[], folder: string): Promise<Python | undefined> {
  const options = { cwd: folder, timeout: PROBE_MS, windowsHide: true };
  try {
    const { stdout } = await run(command, [...args, "-I", "-c", ASK], options);
    const [version, path] = stdout.trim().split(/\r?\n/);
    return version === undefined || path === undefined ? undefined : { command: path, version };
  } catch {
    return undefined;
  }
}
