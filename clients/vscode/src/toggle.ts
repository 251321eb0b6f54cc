/** Switches completions on and off for all languages or one, by settings, for every window and after a restart. */

import { ConfigurationTarget, window, workspace } from "vscode";

const LANGUAGES_OFF = "trigger.languagesOff";

/** Return whether the setting enables completions. */
export function isEnabled(): boolean {
  return configuration().get<boolean>("enabled", true);
}

export async function toggle(): Promise<void> {
  await update("enabled", !isEnabled());
}

/** Return whether automatic completions are on for a language. */
export function isOn(language: string): boolean {
  return !configuration().get<string[]>(LANGUAGES_OFF, []).includes(language);
}

export async function toggleLanguage(language = window.activeTextEditor?.document.languageId): Promise<void> {
  if (language === undefined) return;
  const off = configuration().get<string[]>(LANGUAGES_OFF, []);
  await update(
    LANGUAGES_OFF,
    isOn(language) ? [...off, language] : off.filter((other) => other !== language),
  );
}

/** Change the setting in the layer that defines it, so that the change takes effect. */
async function update(key: string, value: unknown): Promise<void> {
  const inWorkspace = configuration().inspect(key)?.workspaceValue !== undefined;
  const target = inWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await configuration().update(key, value, target);
}

function configuration(): ReturnType<typeof workspace.getConfiguration> {
  return workspace.getConfiguration("midfill");
}
