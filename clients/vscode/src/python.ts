/** The Python interpreter that the Python extension has selected; that extension need not be there. */

import { Disposable, extensions, workspace, type Event } from "vscode";

/** The part of the Python extension's public interface that is used here. */
interface PythonApi {
  environments: {
    getActiveEnvironmentPath(): { path: string };
    resolveEnvironment(path: {
      path: string;
    }): Promise<{ executable: { uri?: { fsPath: string } } } | undefined>;
    onDidChangeActiveEnvironmentPath: Event<unknown>;
  };
}

/**
 * The selected interpreter, if there is one that may be run.
 *
 * A workspace can select an interpreter that lies within itself, so none is run before the workspace is trusted.
 */
export async function selectedPython(): Promise<string | undefined> {
  if (!workspace.isTrusted) return undefined;
  const environments = (await api())?.environments;
  if (environments === undefined) return undefined;
  const active = environments.getActiveEnvironmentPath();
  return (await environments.resolveEnvironment(active))?.executable.uri?.fsPath;
}

export async function onPythonChange(listener: () => unknown): Promise<Disposable> {
  const environments = (await api())?.environments;
  return environments?.onDidChangeActiveEnvironmentPath(listener) ?? new Disposable(() => undefined);
}

/** Nothing when that extension is not there, and when it fails: it says so itself. */
async function api(): Promise<PythonApi | undefined> {
  const python = extensions.getExtension<PythonApi>("ms-python.python");
  return await python?.activate().then(undefined, () => undefined);
}
