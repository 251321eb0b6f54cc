/** The DeepSeek API key, kept in the editor's secret storage and passed to the server only by its environment. */

import { commands, env, l10n, ThemeIcon, Uri, window, type Disposable, type SecretStorage } from "vscode";

const SECRET = "midfill.deepseek.key";
const WHERE = "https://platform.deepseek.com/api_keys";

export class Key {
  constructor(private readonly secrets: SecretStorage) {}

  async get(): Promise<string | undefined> {
    return (await this.secrets.get(SECRET)) ?? undefined;
  }

  /** The key for the server's environment; empty without a stored key, so that a key set elsewhere applies. */
  async environment(): Promise<Record<string, string>> {
    const key = await this.get();
    return key === undefined ? {} : { DEEPSEEK_API_KEY: key };
  }

  /** Prompt for the key and store it; return whether the user entered one. */
  async ask(): Promise<boolean> {
    const key = await input();
    if (key === undefined) return false;
    await this.secrets.store(SECRET, key);
    await commands.executeCommand("setContext", "midfill.hasKey", true);
    return true;
  }

  async clear(): Promise<void> {
    await this.secrets.delete(SECRET);
    await commands.executeCommand("setContext", "midfill.hasKey", false);
  }

  /** Call a listener on each change of the key, also from another window. */
  onDidChange(listener: () => unknown): Disposable {
    return this.secrets.onDidChange(({ key }) => {
      if (key === SECRET) listener();
    });
  }
}

async function input(): Promise<string | undefined> {
  const box = window.createInputBox();
  box.title = l10n.t("DeepSeek API key");
  box.placeholder = "sk-…";
  box.prompt = l10n.t("Kept in the secret storage of this machine. It is never written to a settings file.");
  box.password = true;
  box.ignoreFocusOut = true;
  const page = { iconPath: new ThemeIcon("link-external"), tooltip: l10n.t("Get a key from DeepSeek") };
  box.buttons = [page];
  try {
    return await new Promise<string | undefined>((resolve) => {
      box.onDidTriggerButton(() => void env.openExternal(Uri.parse(WHERE)));
      box.onDidChangeValue((value) => (box.validationMessage = problem(value.trim())));
      box.onDidAccept(() => {
        const key = box.value.trim();
        if (key !== "" && problem(key) === undefined) resolve(key);
      });
      box.onDidHide(() => {
        resolve(undefined);
      });
      box.show();
    });
  } finally {
    box.dispose();
  }
}

/** Return the problem of a key as text. A key is a header value: one line of visible ASCII. */
function problem(key: string): string | undefined {
  return /^[\x21-\x7e]*$/.test(key) ? undefined : l10n.t("A key is one word, without spaces or accents.");
}
