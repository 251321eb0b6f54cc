/** The server's settings, and their values set by the user. */

import { commands, env, workspace, type Uri } from "vscode";

/** A tree of settings for the server. */
export type Tree = Record<string, unknown>;

/** The part of package.json that declares settings. */
interface Manifest {
  contributes: { configuration: { properties: Record<string, unknown> }[] };
}

/** The user's layers in the result of `inspect`. */
interface Layers {
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}

const OURS = ["midfill.server.command", "midfill.server.from", "midfill.trace.server"];

/** The names of the server's settings, without the leading "midfill.". */
export function settingKeys(manifest: unknown): readonly string[] {
  const { contributes } = manifest as Manifest;
  return contributes.configuration
    .flatMap(({ properties }) => Object.keys(properties))
    .filter((key) => !OURS.includes(key))
    .map((key) => key.slice("midfill.".length));
}

/**
 * The settings that the user has set, as a tree.
 *
 * VS Code's defaults are omitted, because they would override midfill's settings file and environment.
 */
export function chosen(keys: readonly string[], scope?: Uri): Tree {
  const configuration = workspace.getConfiguration("midfill", scope);
  const tree: Tree = {};
  for (const key of keys) {
    if (isSet(configuration.inspect(key))) plant(tree, key.split("."), configuration.get(key));
  }
  return tree;
}

/** Open the settings of the machine that the server runs on: in a remote window they have their own tab. */
export async function openSettings(query: string): Promise<void> {
  if (env.remoteName === undefined) await commands.executeCommand("workbench.action.openSettings", query);
  else await commands.executeCommand("workbench.action.openRemoteSettings", { query });
}

function isSet(found: Layers | undefined): boolean {
  const layers = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
  return layers.some((value) => value !== undefined);
}

function plant(tree: Tree, path: readonly string[], value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) tree[name] = value;
  else plant((tree[name] ??= {}) as Tree, rest, value);
}
