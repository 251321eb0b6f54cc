/** The interpreter selected in the Python extension, which is optional. */

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
 * Return the selected interpreter; undefined if there is none or the workspace is not trusted.
 *
 * A workspace can select an interpreter inside itself, so the interpreter runs only in a trusted workspace.
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

/** Return undefined if the extension is missing or fails; it reports its own errors. */
async function api(): Promise<PythonApi | undefined> {
  const python = extensions.getExtension<PythonApi>("ms-python.python");
  return await python?.activate().then(undefined, () => undefined);
}
