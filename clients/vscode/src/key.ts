/** The DeepSeek API key: in the editor's secret storage, and given to the server by its environment alone. */

import { commands, env, ThemeIcon, Uri, window, type Disposable, type SecretStorage } from "vscode";

const SECRET = "midfill.deepseek.key";
const WHERE = "https://platform.deepseek.com/api_keys";

export class Key {
  constructor(private readonly secrets: SecretStorage) {}

  async get(): Promise<string | undefined> {
    return (await this.secrets.get(SECRET)) ?? undefined;
  }

  /** What the server's environment is to hold: nothing when no key is stored, so that a key set elsewhere counts. */
  async environment(): Promise<Record<string, string>> {
    const key = await this.get();
    return key === undefined ? {} : { DEEPSEEK_API_KEY: key };
  }

  /** Ask for the key and store it. Says whether one was given. */
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

  /** Also called when another window changed the key. */
  onDidChange(listener: () => unknown): Disposable {
    return this.secrets.onDidChange(({ key }) => {
      if (key === SECRET) listener();
    });
  }
}

async function input(): Promise<string | undefined> {
  const box = window.createInputBox();
  box.title = "DeepSeek API key";
  box.placeholder = "sk-…";
  box.prompt = "Kept in the secret storage of this machine. It is never written to a settings file.";
  box.password = true;
  box.ignoreFocusOut = true;
  const page = { iconPath: new ThemeIcon("link-external"), tooltip: "Get a key from DeepSeek" };
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

/** What is wrong with a key, in words. Keys are header values: one line of visible ASCII. */
function problem(key: string): string | undefined {
  return /^[\x21-\x7e]*$/.test(key) ? undefined : "A key is one word, without spaces or accents.";
}
