/** The installation of the server with one click. */

import { env, l10n, ProcessExecution, Task, TaskRevealKind, tasks, TaskScope, Uri, window } from "vscode";
import { environment, interpreter, pythons, type Python } from "./environment";
import { FOLDER, runs } from "./find";
import { openSettings } from "./settings";

/** One way to install the server: command lines that run one after the other. */
interface Way {
  label: string;
  steps: [string, ...string[]][];
}

/** The place of the extension's files, and its page. */
export interface Home {
  storage: string;
  page: string;
}

/** Show the problem with a button for each way to install; call `done` after a successful installation. */
export async function offerInstallation(
  problem: string,
  home: Home,
  done: () => Promise<void>,
): Promise<void> {
  const ways = await waysToInstall(home.storage);
  const page = l10n.t("How to install");
  const settings = l10n.t("Set its path…");
  const chosen = await window.showErrorMessage(problem, ...ways.map(({ label }) => label), page, settings);
  const way = ways.find(({ label }) => label === chosen);
  if (way !== undefined && (await install(way))) await done();
  if (chosen === page) await env.openExternal(Uri.parse(home.page));
  if (chosen === settings) await openSettings("midfill.server");
}

async function waysToInstall(storage: string): Promise<Way[]> {
  const [found, uv, pipx] = await Promise.all([pythons(FOLDER), runs("uv"), runs("pipx")]);
  return [
    ...found.map((python) => withPython(python, storage)),
    ...(uv
      ? [{ label: l10n.t("Install with uv"), steps: [["uv", "tool", "install", "midfill"]] } as Way]
      : []),
    ...(pipx ? [{ label: l10n.t("Install with pipx"), steps: [["pipx", "install", "midfill"]] } as Way] : []),
  ];
}

/** Installs into the extension's own virtual environment, which does not change the interpreter. */
function withPython({ command, version }: Python, storage: string): Way {
  return {
    label: l10n.t("Install with Python {0}", version),
    steps: [
      [command, "-m", "venv", "--clear", environment(storage)],
      [interpreter(storage), "-m", "pip", "install", "--disable-pip-version-check", "midfill"],
    ],
  };
}

/** Run the steps in a visible terminal, and return whether all succeeded. */
async function install({ label, steps }: Way): Promise<boolean> {
  for (const [command, ...args] of steps) {
    if (!(await ran(label, command, args))) return false;
  }
  return true;
}

async function ran(label: string, command: string, args: string[]): Promise<boolean> {
  const task = new Task(
    { type: "midfill" },
    TaskScope.Workspace,
    label,
    "midfill",
    new ProcessExecution(command, args, { cwd: FOLDER }),
  );
  task.presentationOptions = { reveal: TaskRevealKind.Always };
  const execution = await tasks.executeTask(task);
  return new Promise((resolve) => {
    const watch = tasks.onDidEndTaskProcess((end) => {
      if (end.execution !== execution) return;
      watch.dispose();
      resolve(end.exitCode === 0);
    });
  });
}
