/** The search for the server: the setting, else the selected Python, else the PATH, else uvx. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { workspace, type LogOutputChannel } from "vscode";
import { selectedPython } from "./python";
import { words } from "./words";

/** A command line that runs midfill; a subcommand such as `serve` follows it. */
export interface Midfill {
  command: string;
  args: readonly string[];
  /** Its source, as text for the user. */
  origin: string;
}

/** No server was found; the message lists the attempts. */
export class NotFoundError extends Error {}

/**
 * The working folder of midfill. It is not the workspace, where Python would import a repository's `json.py` and
 * Windows would run a repository's `midfill.exe`.
 */
export const FOLDER = __dirname;

const run = promisify(execFile);
const PROBE_MS = 20_000;

/** Return the first command line that runs. Throws NotFoundError. */
export async function findServer(log: LogOutputChannel): Promise<Midfill> {
  const [command, ...args] = commandLine();
  const configured = command !== undefined && command !== "";
  const candidates = configured
    ? [{ command, args, origin: "the setting midfill.server.command" }]
    : await usual();
  let problem: string | undefined;
  for (const candidate of candidates) {
    problem = await whyNot(candidate);
    if (problem === undefined) return candidate;
    log.info(`No server from ${candidate.origin}: ${problem}`);
  }
  throw new NotFoundError(
    configured
      ? `The setting midfill.server.command does not run midfill: ${reason(problem ?? "")}`
      : `midfill's server is not installed: it is not in the selected Python, not on the PATH, and there is no uv.`,
  );
}

/** The setting; a text in place of a list is split as a shell does. */
function commandLine(): string[] {
  const set = workspace.getConfiguration("midfill").get<string[] | string>("server.command", []);
  return typeof set === "string" ? words(set) : set;
}

/** The last thing that a program said before it ended. */
function reason(problem: string): string {
  return problem.split("\n").at(-1) ?? problem;
}

async function usual(): Promise<Midfill[]> {
  const python = await selectedPython();
  return [
    ...(python === undefined
      ? []
      : [{ command: python, args: ["-m", "midfill"], origin: "the selected Python" }]),
    { command: "midfill", args: [], origin: "the PATH" },
    { command: "uvx", args: ["midfill"], origin: "uvx" },
  ];
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
