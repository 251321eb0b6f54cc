/** Completions on and off, for all or for one language, as settings: they hold in every window and after a restart. */

import { ConfigurationTarget, window, workspace } from "vscode";

const LANGUAGES_OFF = "trigger.languagesOff";

/** Whether the setting lets midfill suggest anything. */
export function isEnabled(): boolean {
  return configuration().get<boolean>("enabled", true);
}

export async function toggle(): Promise<void> {
  await update("enabled", !isEnabled());
}

/** Whether typing asks in this language. */
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

/** Set it where it is set already, so that the change is seen. */
async function update(key: string, value: unknown): Promise<void> {
  const inWorkspace = configuration().inspect(key)?.workspaceValue !== undefined;
  const target = inWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await configuration().update(key, value, target);
}

function configuration(): ReturnType<typeof workspace.getConfiguration> {
  return workspace.getConfiguration("midfill");
}
