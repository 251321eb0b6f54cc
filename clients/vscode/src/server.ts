/** The language server's process: start, settings, status and restart. */

import {
  commands,
  EventEmitter,
  Uri,
  window,
  type InlineCompletionItem,
  type LogOutputChannel,
  type TextDocument,
} from "vscode";
import {
  DidChangeConfigurationNotification,
  ExecuteCommandRequest,
  LanguageClient,
  RevealOutputChannelOn,
  ShowMessageNotification,
  State,
  type LanguageClientOptions,
} from "vscode-languageclient/node";
import { ABILITIES } from "./abilities";
import { Crashes } from "./crashes";
import { definitions } from "./definitions";
import { findServer, FOLDER, NotFoundError, type Midfill } from "./find";
import { offerInstallation, type Home } from "./install";
import type { Key } from "./key";
import { showMessage } from "./messages";
import { InlineRequests } from "./requests";
import { chosen, type Tree } from "./settings";
import type { Shown, Status } from "./status";

export interface Surroundings {
  log: LogOutputChannel;
  trace: LogOutputChannel;
  key: Key;
  home: Home;
  /** The names of the server's settings. */
  keys: readonly string[];
  status: Status;
}

/** A place without suggestions; the reason is empty if the server has it. */
export interface Nothing {
  document: TextDocument;
  reason: string;
  manual: boolean;
}

/** The schemes of documents that users edit, without output channels and old revisions. */
const DOCUMENTS = ["file", "untitled", "vscode-notebook-cell", "vscode-remote", "vscode-vfs"];
const STOP_MS = 2_000;

export class Server {
  /** The latest program that was started. */
  midfill: Midfill | undefined;
  private client: LanguageClient | undefined;
  private readonly requests = new InlineRequests(
    (document, reason, manual) => {
      this.nothing.fire({ document, reason, manual });
    },
    (item) => void this.tellShown(item),
  );
  private readonly started = new EventEmitter<undefined>();
  private readonly configured = new EventEmitter<undefined>();
  private readonly accepted = new EventEmitter<undefined>();
  private readonly nothing = new EventEmitter<Nothing>();
  private readonly shown = new EventEmitter<undefined>();
  /** Fired when the server runs. */
  readonly onDidStart = this.started.event;
  /** Fired when the changed settings have been sent to the server. */
  readonly onDidConfigure = this.configured.event;
  /** Fired when the user has accepted the whole of a suggestion. */
  readonly onDidAccept = this.accepted.event;
  /** Fired when no request was sent, or when a manual request had an empty answer. */
  readonly onNothing = this.nothing.event;
  /** Fired when VS Code shows ghost text. */
  readonly onDidShow = this.shown.event;
  /** The queue of starts and stops, which run one after the other. */
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly here: Surroundings) {}

  get isRunning(): boolean {
    return this.connection !== undefined;
  }

  /** The connection to a server that runs. */
  get connection(): LanguageClient | undefined {
    return this.client?.isRunning() === true ? this.client : undefined;
  }

  start(): Promise<void> {
    return this.inTurn(() => this.launch());
  }

  restart(): Promise<void> {
    return this.inTurn(async () => {
      await this.halt();
      await this.launch();
    });
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.halt());
  }

  /** Restart after a change of the interpreter, if the server comes from it or was not found. */
  async pythonChanged(): Promise<void> {
    if (this.midfill === undefined || this.midfill.origin === "the selected Python") await this.restart();
  }

  /** Request a suggestion at the cursor, as if a key had been typed. */
  prompt(): Promise<void> {
    return this.requests.prompt();
  }

  /** The settings of the active document's folder. */
  settings(): Tree {
    return chosen(this.here.keys, window.activeTextEditor?.document.uri);
  }

  /** Send the current settings to the server. */
  async configure(): Promise<void> {
    const settings = { midfill: chosen(this.here.keys) };
    if (this.client?.isRunning() === true) {
      await this.client.sendNotification(DidChangeConfigurationNotification.type, { settings });
      this.configured.fire(undefined);
    }
  }

  /** Run a command of the server, and return its result. */
  async execute(command: string, ...args: unknown[]): Promise<unknown> {
    return await this.connection?.sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
  }

  dispose(): void {
    const { requests, started, configured, accepted, nothing, shown } = this;
    for (const part of [requests, started, configured, accepted, nothing, shown]) part.dispose();
  }

  /** Notify the server that VS Code shows an item; VS Code itself notifies only its own extensions. */
  private async tellShown({ command }: InlineCompletionItem): Promise<void> {
    this.shown.fire(undefined);
    if (command !== undefined)
      await this.connection?.sendNotification("textDocument/didShowCompletion", { item: { command } });
  }

  private async inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.turn.then(act);
    this.turn = turn.catch(() => undefined);
    await turn;
  }

  private async launch(): Promise<void> {
    const { log, status, home } = this.here;
    this.say("starting");
    try {
      this.midfill = await findServer(log, home.storage);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      this.midfill = undefined;
      status.show({ state: "missing", message: error.message, backend: "" });
      void offerInstallation(error.message, home, () => this.restart());
      return;
    }
    log.info(`Starting midfill from ${this.midfill.origin}: ${this.midfill.command}`);
    await this.connect(this.midfill);
  }

  private async connect(midfill: Midfill): Promise<void> {
    const { key } = this.here;
    const program = {
      command: midfill.command,
      args: [...midfill.args, "serve"],
      options: { cwd: FOLDER, env: { ...process.env, ...(await key.environment()) } },
    };
    this.client = new LanguageClient("midfill", "midfill", program, this.options());
    this.client.onNotification("midfill/status", (shown: Shown) => {
      this.here.status.show(shown);
    });
    this.client.registerFeature(ABILITIES);
    this.client.onRequest("midfill/definitions", definitions);
    // This replaces the language client's handler, which shows no buttons.
    this.client.onNotification(ShowMessageNotification.type, (message) =>
      showMessage(message, this.here.status.shown.kind),
    );
    this.client.onDidChangeState(({ newState }) => {
      if (newState !== State.Running) return;
      this.here.log.info("The server runs.");
      if (this.here.status.shown.state === "starting") this.say("ready");
      this.started.fire(undefined);
    });
    try {
      await this.client.start();
    } catch (error) {
      this.say("error", `The server did not start: ${(error as Error).message}`);
      return;
    }
    await commands.executeCommand("setContext", "midfill.running", true);
  }

  private options(): LanguageClientOptions {
    const { log, trace, keys } = this.here;
    return {
      documentSelector: DOCUMENTS.map((scheme) => ({ scheme })),
      outputChannel: log,
      traceOutputChannel: trace,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: () => chosen(keys),
      errorHandler: new Crashes((state, message) => {
        this.say(state, message);
      }),
      middleware: {
        provideInlineCompletionItems: this.requests.provide,
        executeCommand: async (command, args, next) => {
          const result: unknown = await next(command, args);
          if (command === "midfill.accepted") this.accepted.fire(undefined);
          return result;
        },
        workspace: {
          configuration: ({ items }) =>
            items.map(({ section, scopeUri }) =>
              section === "midfill"
                ? chosen(keys, scopeUri === undefined ? undefined : Uri.parse(scopeUri))
                : null,
            ),
          // `configure` sends the settings; the language client would include VS Code's defaults.
          didChangeConfiguration: () => Promise.resolve(),
        },
      },
    };
  }

  private async halt(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await commands.executeCommand("setContext", "midfill.running", false);
    if (client?.needsStop() === true) await client.dispose(STOP_MS);
  }

  private say(state: Shown["state"], message = ""): void {
    this.here.status.show({ state, message, backend: "" });
  }
}
