/** The installation of the server with one click. */

import { commands, ProcessExecution, Task, TaskRevealKind, tasks, TaskScope, window } from "vscode";
import { runs } from "./find";
import { selectedPython } from "./python";

/** One way to install the server. */
interface Way {
  label: string;
  command: string;
  args: string[];
}

/** Show the problem with a button for each way to install; call `done` after a successful installation. */
export async function offerInstallation(problem: string, done: () => Promise<void>): Promise<void> {
  const ways = await waysToInstall();
  const settings = "Set its path…";
  const chosen = await window.showErrorMessage(problem, ...ways.map(({ label }) => label), settings);
  const way = ways.find(({ label }) => label === chosen);
  if (way !== undefined && (await install(way))) await done();
  if (chosen === settings)
    await commands.executeCommand("workbench.action.openSettings", "midfill.server.command");
}

async function waysToInstall(): Promise<Way[]> {
  const python = await selectedPython();
  const ways: Way[] = [];
  if (await runs("uv"))
    ways.push({ label: "Install with uv", command: "uv", args: ["tool", "install", "midfill"] });
  if (await runs("pipx"))
    ways.push({ label: "Install with pipx", command: "pipx", args: ["install", "midfill"] });
  if (python !== undefined) {
    ways.push({
      label: "Install into the selected Python",
      command: python,
      args: ["-m", "pip", "install", "midfill"],
    });
  }
  return ways;
}

/** Run an installer in a visible terminal, and return whether it succeeded. */
async function install({ label, command, args }: Way): Promise<boolean> {
  const task = new Task(
    { type: "midfill" },
    TaskScope.Workspace,
    label,
    "midfill",
    new ProcessExecution(command, args),
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
