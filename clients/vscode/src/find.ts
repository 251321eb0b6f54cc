/** The search for the server: the setting, else the places that `midfill.server.from` lists, in their order. */

import { execFile } from "node:child_process";
import { access, chmod, constants } from "node:fs/promises";
import { join, sep } from "node:path";
import { promisify } from "node:util";
import { l10n, workspace, type LogOutputChannel } from "vscode";
import { interpreter } from "./environment";
import { selectedPython } from "./python";
import { words } from "./words";

/** A command line that runs midfill; a subcommand such as `serve` follows it. */
export interface Midfill {
  command: string;
  args: readonly string[];
  /** Its source, as text for the user. */
  origin: string;
}

/** A place where a server can be; undefined if there is none. */
type Place = (storage: string) => Midfill | undefined | Promise<Midfill | undefined>;

/** No server was found; the message lists the attempts. */
export class NotFoundError extends Error {}

/**
 * The working folder of midfill. It is not the workspace, where Python would import a repository's `json.py` and
 * Windows would run a repository's `midfill.exe`.
 */
export const FOLDER = __dirname;

/** The program inside of the .vsix for this platform; the universal .vsix has none. */
const BUNDLED = join(FOLDER, "..", "server", sep === "\\" ? "midfill.exe" : "midfill");

/** The places by their names in the setting. */
const PLACES: Record<string, Place> = {
  bundled: bundled,
  python: async () => inPython(await selectedPython(), "the selected Python"),
  path: () => ({ command: "midfill", args: [], origin: "the PATH" }),
  environment: async (storage) => inPython(await found(interpreter(storage)), "the extension's environment"),
  uvx: () => ({ command: "uvx", args: ["midfill"], origin: "uvx" }),
};

const run = promisify(execFile);
const PROBE_MS = 20_000;

/** Return the first command line that runs; `storage` is the extension's folder. Throws NotFoundError. */
export async function findServer(log: LogOutputChannel, storage: string): Promise<Midfill> {
  const [command, ...args] = commandLine();
  if (command !== undefined && command !== "") return await configured(command, args);
  for (const name of workspace.getConfiguration("midfill").get<string[]>("server.from", [])) {
    const candidate = await PLACES[name]?.(storage);
    if (candidate === undefined) continue;
    const problem = await whyNot(candidate);
    if (problem === undefined) return candidate;
    log.info(`No server from ${candidate.origin}: ${problem}`);
  }
  throw new NotFoundError(
    l10n.t("midfill's server is not installed: no place of the setting midfill.server.from has one."),
  );
}

async function configured(command: string, args: string[]): Promise<Midfill> {
  const candidate = { command, args, origin: "the setting midfill.server.command" };
  const problem = await whyNot(candidate);
  if (problem === undefined) return candidate;
  throw new NotFoundError(
    l10n.t("The setting midfill.server.command does not run midfill: {0}", reason(problem)),
  );
}

/** The setting; a string in place of a list is split as a shell does. */
function commandLine(): string[] {
  const set = workspace.getConfiguration("midfill").get<string[] | string>("server.command", []);
  return typeof set === "string" ? words(set) : set;
}

/** The last line that a program printed before it ended. */
function reason(problem: string): string {
  return problem.split("\n").at(-1) ?? problem;
}

async function bundled(): Promise<Midfill | undefined> {
  if ((await found(BUNDLED)) === undefined) return undefined;
  // A .vsix that was packed on Windows, or unpacked by another tool, has lost the permission.
  await access(BUNDLED, constants.X_OK).catch(() => chmod(BUNDLED, 0o755).catch(() => undefined));
  return { command: BUNDLED, args: [], origin: "the extension" };
}

function inPython(python: string | undefined, origin: string): Midfill | undefined {
  return python === undefined ? undefined : { command: python, args: ["-m", "midfill"], origin };
}

async function found(file: string): Promise<string | undefined> {
  return await access(file).then(
    () => file,
    () => undefined,
  );
}

/** Return the reason why a command line does not run. uvx is tested without midfill, which it may have to download. */
async function whyNot({ command, args }: Midfill): Promise<string | undefined> {
  const probe = command === "uvx" ? [] : args;
  try {
    await run(command, [...probe, "--version"], { cwd: FOLDER, timeout: PROBE_MS, windowsHide: true });
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

/** Return whether a program runs. */
export async function runs(command: string): Promise<boolean> {
  return (await whyNot({ command, args: [], origin: "" })) === undefined;
}
