/** The status bar item: the state of midfill in one word, with a menu. */

import { EventEmitter, l10n, MarkdownString, StatusBarAlignment, ThemeColor, window } from "vscode";

export type State = "starting" | "ready" | "busy" | "offline" | "paused" | "error" | "missing";

/** The states of `midfill/status`; this client adds `starting` and `missing`. */
export interface Shown {
  state: State;
  message: string;
  backend: string;
  /** The day's spending and accepted suggestions, as text. */
  usage?: string;
  /** The kind of the error; empty if there is none. */
  kind?: string;
  /** The available models, if the configured one is not among them. */
  offers?: readonly string[];
}

interface Look {
  icon: string;
  word: string;
  background?: string;
}

const LOOKS: Record<State, Look> = {
  starting: { icon: "loading~spin", word: l10n.t("starting") },
  ready: { icon: "sparkle", word: l10n.t("ready") },
  busy: { icon: "loading~spin", word: l10n.t("requesting") },
  offline: { icon: "debug-disconnect", word: l10n.t("offline") },
  paused: { icon: "debug-pause", word: l10n.t("paused") },
  error: { icon: "error", word: l10n.t("action needed"), background: "statusBarItem.errorBackground" },
  missing: {
    icon: "warning",
    word: l10n.t("server not found"),
    background: "statusBarItem.warningBackground",
  },
};

const SILENT: Look = { icon: "circle-slash", word: l10n.t("no suggestions here") };
const NOTE_MS = 6_000;

export class Status {
  private readonly item = window.createStatusBarItem("midfill.status", StatusBarAlignment.Right, 100);
  private readonly changed = new EventEmitter<Shown>();
  readonly onDidChange = this.changed.event;
  shown: Shown = { state: "starting", message: "", backend: "" };
  /** Why typing has no suggestions in the active document. */
  private silence = "";
  private noted = "";
  private forgetting: NodeJS.Timeout | undefined;

  constructor() {
    this.item.name = "midfill";
    this.item.command = "midfill.menu";
    this.show(this.shown);
    this.item.show();
  }

  show(shown: Shown): void {
    this.shown = shown;
    this.draw();
    this.changed.fire(shown);
  }

  /** Show why typing has no suggestions in the active document; an empty reason removes it. */
  silent(reason: string): void {
    this.silence = reason;
    this.draw();
  }

  /** Show for some seconds why a manual request had no suggestion. */
  note(reason: string): void {
    clearTimeout(this.forgetting);
    this.noted = reason;
    this.forgetting = setTimeout(() => {
      this.noted = "";
      this.draw();
    }, NOTE_MS);
    this.draw();
  }

  private draw(): void {
    const { shown, noted } = this;
    const silence = shown.state === "ready" || shown.state === "busy" ? this.silence : "";
    const look = silence === "" ? LOOKS[shown.state] : SILENT;
    const said = noted || (silence === "" ? headline(shown) : `${SILENT.word}: ${silence}`);
    this.item.text = noted === "" ? `$(${look.icon}) midfill` : `$(${look.icon}) midfill: ${noted}`;
    this.item.tooltip = tooltip(shown, silence);
    this.item.accessibilityInformation = { label: `midfill: ${said}`, role: "button" };
    this.item.backgroundColor = look.background === undefined ? undefined : new ThemeColor(look.background);
  }

  dispose(): void {
    clearTimeout(this.forgetting);
    this.item.dispose();
    this.changed.dispose();
  }
}

/** The state in a few words, for the menu and the tooltip. */
export function headline({ state, backend }: Shown): string {
  return backend === "" ? LOOKS[state].word : `${LOOKS[state].word} (${backend})`;
}

function tooltip(shown: Shown, silence: string): MarkdownString {
  const text = new MarkdownString(`**midfill** ${headline(shown)}`);
  for (const part of [shown.message, silence, shown.usage ?? ""])
    if (part !== "") text.appendText(`\n\n${part}`);
  return text.appendMarkdown(`\n\n${l10n.t("Click for the menu.")}`);
}
