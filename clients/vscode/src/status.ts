/** The status bar item: the state of midfill in one word, with a menu. */

import { EventEmitter, MarkdownString, StatusBarAlignment, ThemeColor, window } from "vscode";

export type State = "starting" | "ready" | "busy" | "offline" | "paused" | "error" | "missing";

/** The states of `midfill/status`; this client adds `starting` and `missing`. */
export interface Shown {
  state: State;
  message: string;
  backend: string;
  /** What was spent and accepted today, as text. */
  usage?: string;
}

interface Look {
  icon: string;
  word: string;
  background?: string;
}

const LOOKS: Record<State, Look> = {
  starting: { icon: "loading~spin", word: "starting" },
  ready: { icon: "sparkle", word: "ready" },
  busy: { icon: "loading~spin", word: "asking" },
  offline: { icon: "debug-disconnect", word: "offline" },
  paused: { icon: "debug-pause", word: "paused" },
  error: { icon: "error", word: "needs you", background: "statusBarItem.errorBackground" },
  missing: { icon: "warning", word: "server not found", background: "statusBarItem.warningBackground" },
};

export class Status {
  private readonly item = window.createStatusBarItem("midfill.status", StatusBarAlignment.Right, 100);
  private readonly changed = new EventEmitter<Shown>();
  readonly onDidChange = this.changed.event;
  shown: Shown = { state: "starting", message: "", backend: "" };

  constructor() {
    this.item.name = "midfill";
    this.item.command = "midfill.menu";
    this.show(this.shown);
    this.item.show();
  }

  show(shown: Shown): void {
    const look = LOOKS[shown.state];
    this.shown = shown;
    this.item.text = `$(${look.icon}) midfill`;
    this.item.tooltip = tooltip(shown);
    this.item.accessibilityInformation = { label: `midfill: ${headline(shown)}`, role: "button" };
    this.item.backgroundColor = look.background === undefined ? undefined : new ThemeColor(look.background);
    this.changed.fire(shown);
  }

  dispose(): void {
    this.item.dispose();
    this.changed.dispose();
  }
}

/** The state in a few words, for the menu and the tooltip. */
export function headline({ state, backend }: Shown): string {
  return backend === "" ? LOOKS[state].word : `${LOOKS[state].word} (${backend})`;
}

function tooltip(shown: Shown): MarkdownString {
  const text = new MarkdownString(`**midfill** ${headline(shown)}`);
  if (shown.message !== "") text.appendText(`\n\n${shown.message}`);
  if (shown.usage !== undefined && shown.usage !== "") text.appendText(`\n\n${shown.usage}`);
  return text.appendMarkdown("\n\nClick for the menu.");
}
