/** Switches completions on and off for all languages or one, by settings, for every window and after a restart. */

import { ConfigurationTarget, window, workspace, type WorkspaceConfiguration } from "vscode";

const ENABLED = "enabled";
const LANGUAGES_OFF = "trigger.languagesOff";

/** Return whether the setting enables completions in the active document. */
export function isEnabled(): boolean {
  return configuration().get<boolean>(ENABLED, true);
}

/** Switch completions off by the setting, or on by removing the setting. */
export async function toggle(): Promise<void> {
  if (isEnabled()) await update(ENABLED, false);
  else await enable();
}

/** Remove each setting that switches completions off. */
export async function enable(): Promise<void> {
  while (!isEnabled()) await update(ENABLED, undefined);
}

/** Return whether automatic completions are on for a language. */
export function isOn(language: string): boolean {
  return !languagesOff().includes(language);
}

export async function toggleLanguage(language = window.activeTextEditor?.document.languageId): Promise<void> {
  if (language === undefined) return;
  const wanted = !isOn(language);
  const off = wanted ? languagesOff().filter((other) => other !== language) : [...languagesOff(), language];
  await update(LANGUAGES_OFF, off.length === 0 ? undefined : off);
  if (isOn(language) !== wanted) await update(LANGUAGES_OFF, off);
}

function languagesOff(): string[] {
  return configuration().get<string[]>(LANGUAGES_OFF, []);
}

/** Change the setting in the layer that defines it, so that the change takes effect. */
async function update(key: string, value: unknown): Promise<void> {
  await configuration().update(key, value, layer(key));
}

function layer(key: string): ConfigurationTarget {
  const found = configuration().inspect(key);
  if (found?.workspaceFolderValue !== undefined) return ConfigurationTarget.WorkspaceFolder;
  return found?.workspaceValue === undefined ? ConfigurationTarget.Global : ConfigurationTarget.Workspace;
}

/** The settings of the active document's folder. */
function configuration(): WorkspaceConfiguration {
  return workspace.getConfiguration("midfill", window.activeTextEditor?.document.uri);
}
