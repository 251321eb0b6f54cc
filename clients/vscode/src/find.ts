/** Where the server is: the setting, else the selected Python, else the PATH, else uvx. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { workspace, type LogOutputChannel } from "vscode";
import { selectedPython } from "./python";

/** A command line that runs midfill; a subcommand such as `serve` goes behind it. */
export interface Midfill {
  command: string;
  args: readonly string[];
  /** Where it was found, in words. */
  origin: string;
}

/** Nothing runs; the message says what was tried. */
export class NotFoundError extends Error {}

/**
 * Where midfill is run: not in the workspace, where Python would take a repository's `json.py` for its own, and
 * Windows a repository's `midfill.exe` for the one on the PATH.
 */
export const FOLDER = __dirname;

const run = promisify(execFile);
const PROBE_MS = 20_000;

/** The first midfill that runs. Throws NotFoundError. */
export async function findServer(log: LogOutputChannel): Promise<Midfill> {
  const [command, ...args] = workspace.getConfiguration("midfill").get<string[]>("server.command", []);
  const configured = command !== undefined && command !== "";
  const candidates = configured
    ? [{ command, args, origin: "the setting midfill.server.command" }]
    : await usual();
  for (const candidate of candidates) {
    const problem = await whyNot(candidate);
    if (problem === undefined) return candidate;
    log.info(`No server from ${candidate.origin}: ${problem}`);
  }
  throw new NotFoundError(
    configured
      ? `The setting midfill.server.command names a program that does not run midfill: ${command}`
      : `midfill's server is not installed: it is not in the selected Python, not on the PATH, and there is no uv.`,
  );
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

/** What keeps a command line from running midfill. uvx is not asked for midfill itself: that may download it first. */
async function whyNot({ command, args }: Midfill): Promise<string | undefined> {
  const probe = command === "uvx" ? [] : args;
  try {
    await run(command, [...probe, "--version"], { cwd: FOLDER, timeout: PROBE_MS, windowsHide: true });
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

/** Whether a program runs here at all. */
export async function runs(command: string): Promise<boolean> {
  return (await whyNot({ command, args: [], origin: "" })) === undefined;
}
