/** The language server while it runs: started, told of settings, watched, started again when it dies. */

import { commands, Uri, type LogOutputChannel } from "vscode";
import {
  DidChangeConfigurationNotification,
  ExecuteCommandRequest,
  LanguageClient,
  RevealOutputChannelOn,
  ShowMessageNotification,
  State,
  type LanguageClientOptions,
  type StaticFeature,
} from "vscode-languageclient/node";
import { Crashes } from "./crashes";
import { findServer, FOLDER, NotFoundError, type Midfill } from "./find";
import { offerInstallation } from "./install";
import type { Key } from "./key";
import { showMessage } from "./messages";
import { Patience } from "./patience";
import { chosen } from "./settings";
import type { Shown, Status } from "./status";

export interface Surroundings {
  log: LogOutputChannel;
  trace: LogOutputChannel;
  key: Key;
  /** The names of the server's settings. */
  keys: readonly string[];
  status: Status;
}

/** Any document that a user edits: not the output channels, diffs of old revisions and the like. */
const DOCUMENTS = ["file", "untitled", "vscode-notebook-cell", "vscode-remote", "vscode-vfs"];
const STOP_MS = 2_000;

/** Tells the server that we ask again when told that more can be shown than is. */
const REFRESHES: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { midfill: { refresh: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

export class Server {
  /** The program that was started last. */
  midfill: Midfill | undefined;
  private client: LanguageClient | undefined;
  private readonly patience = new Patience();
  /** Starting and stopping happen one after the other, however often they are asked for. */
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly here: Surroundings) {}

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

  /** Another interpreter was selected: it matters if the server comes from there, or could. */
  async pythonChanged(): Promise<void> {
    if (this.midfill === undefined || this.midfill.origin === "the selected Python") await this.restart();
  }

  /** Tell the server the settings as they are now. */
  async configure(): Promise<void> {
    const settings = { midfill: chosen(this.here.keys) };
    if (this.client?.isRunning() === true) {
      await this.client.sendNotification(DidChangeConfigurationNotification.type, { settings });
    }
  }

  /** Have the server run one of its commands; its answer. */
  async execute(command: string, ...args: unknown[]): Promise<unknown> {
    if (this.client?.isRunning() !== true) return undefined;
    return await this.client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
  }

  dispose(): void {
    this.patience.dispose();
  }

  private async inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.turn.then(act);
    this.turn = turn.catch(() => undefined);
    await turn;
  }

  private async launch(): Promise<void> {
    const { log, status } = this.here;
    this.say("starting");
    try {
      this.midfill = await findServer(log);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      this.midfill = undefined;
      status.show({ state: "missing", message: error.message, backend: "" });
      void offerInstallation(error.message, () => this.restart());
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
    this.client.registerFeature(REFRESHES);
    this.client.onNotification("midfill/refresh", ({ uri }: { uri: string }) => {
      void this.patience.refresh(uri);
    });
    // In the place of the language client's own handler, which shows no buttons.
    this.client.onNotification(ShowMessageNotification.type, showMessage);
    this.client.onDidChangeState(({ newState }) => {
      if (newState !== State.Running) return;
      this.here.log.info("The server runs.");
      if (this.here.status.shown.state === "starting") this.say("ready");
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
        provideInlineCompletionItems: this.patience.provide,
        workspace: {
          configuration: ({ items }) =>
            items.map(({ section, scopeUri }) =>
              section === "midfill"
                ? chosen(keys, scopeUri === undefined ? undefined : Uri.parse(scopeUri))
                : null,
            ),
          // `configure` tells it; what the language client would send contains VS Code's defaults.
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
