/** A mail store for a web client: folders, threads, search and an outbox that survives a lost connection. */

export type FolderName = "inbox" | "sent" | "drafts" | "archive" | "trash";

export interface Address {
  name?: string;
  email: string;
}

export interface Message {
  id: string;
  threadId: string;
  from: Address;
  to: Address[];
  subject: string;
  body: string;
  receivedAt: Date;
  unread: boolean;
  labels: string[];
}

export interface Thread {
  id: string;
  subject: string;
  messages: Message[];
  unread: number;
}

export interface Transport {
  fetch(folder: FolderName, since: Date | null): Promise<Message[]>;
  send(message: Message): Promise<void>;
}

type Listener = (folder: FolderName, messages: readonly Message[]) => void;

export class NotFoundError extends Error {
  constructor(readonly id: string) {
    super(`No message with the id ${id}`);
    this.name = "NotFoundError";
  }
}

export class Inbox {
  private readonly folders = new Map<FolderName, Map<string, Message>>();
  private readonly listeners = new Set<Listener>();
  private readonly outbox: Message[] = [];
  private lastSync: Date | null = null;

  constructor(private readonly transport: Transport) {
    for (const name of ["inbox", "sent", "drafts", "archive", "trash"] as const) {
      this.folders.set(name, new Map());
    }
  }

  /** Calls the listener whenever a folder changes; the returned function ends that. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Fetches what is new in a folder and returns how many messages that were. */
  async sync(folder: FolderName = "inbox"): Promise<number> {
    const fetched = await this.transport.fetch(folder, this.lastSync);
    const messages = this.folder(folder);
    for (const message of fetched) {
      messages.set(message.id, message);
    }
    this.lastSync = new Date();
    if (fetched.length > 0) {
      this.notify(folder);
    }
    return fetched.length;
  }

  /** Returns the messages of a folder, the newest first. */
  list(folder: FolderName): Message[] {
    const messages = [...this.folder(folder).values()];
    return messages.sort((left, right) => right.receivedAt.getTime() - left.receivedAt.getTime());
  }

  /** Groups the messages of a folder by their thread. */
  threads(folder: FolderName): Thread[] {
    const threads = new Map<string, Thread>();
    for (const message of this.list(folder)) {
      const thread = threads.get(message.threadId);
      if (thread === undefined) {
        threads.set(message.threadId, {
          id: message.threadId,
          subject: withoutPrefix(message.subject),
          messages: [message],
          unread: message.unread ? 1 : 0,
        });
      } else {
        thread.messages.push(message);
        thread.unread += message.unread ? 1 : 0;
      }
    }
    return [...threads.values()];
  }

  /** Marks a message as read and returns it. */
  read(id: string): Message {
    const [folder, message] = this.find(id);
    if (message.unread) {
      message.unread = false;
      this.notify(folder);
    }
    return message;
  }

  /** Moves a message to another folder. */
  move(id: string, target: FolderName): void {
    const [source, message] = this.find(id);
    if (source === target) {
      return;
    }
    this.folder(source).delete(id);
    this.folder(target).set(id, message);
    this.notify(source);
    this.notify(target);
  }

  /** Adds a label to a message, once. */
  label(id: string, label: string): void {
    const [folder, message] = this.find(id);
    if (!message.labels.includes(label)) {
      message.labels.push(label);
      this.notify(folder);
    }
  }

  /** Sends a message, or keeps it in the outbox until the connection is back. */
  async send(message: Message): Promise<boolean> {
    this.outbox.push(message);
    return (await this.flush()) > 0;
  }

  /** Tries to send what is in the outbox and returns how many messages left it. */
  async flush(): Promise<number> {
    let sent = 0;
    while (this.outbox.length > 0) {
      const message = this.outbox[0];
      try {
        await this.transport.send(message);
      } catch (error) {
        console.warn("The outbox waits for a connection", error);
        break;
      }
      this.outbox.shift();
      this.folder("sent").set(message.id, message);
      sent += 1;
    }
    if (sent > 0) {
      this.notify("sent");
    }
    return sent;
  }

  /** Returns the messages that contain all words of the query in any of their fields. */
  search(query: string): Message[] {
    const words = query.toLowerCase().split(/\s+/).filter((word) => word.length > 0);
    const found: Message[] = [];
    for (const folder of this.folders.values()) {
      for (const message of folder.values()) {
        const text = searchable(message);
        if (words.every((word) => text.includes(word))) {
          found.push(message);
        }
      }
    }
    return found;
  }

  /** Deletes what has been in the trash for longer than the given number of days. */
  purge(days: number, now: Date = new Date()): number {
    const limit = now.getTime() - days * 24 * 60 * 60 * 1000;
    const trash = this.folder("trash");
    let purged = 0;
    for (const [id, message] of trash) {
      if (message.receivedAt.getTime() < limit) {
        trash.delete(id);
        purged += 1;
      }
    }
    if (purged > 0) {
      this.notify("trash");
    }
    return purged;
  }

  private folder(name: FolderName): Map<string, Message> {
    const folder = this.folders.get(name);
    if (folder === undefined) {
      throw new Error(`No folder called ${name}`);
    }
    return folder;
  }

  private find(id: string): [FolderName, Message] {
    for (const [name, messages] of this.folders) {
      const message = messages.get(id);
      if (message !== undefined) {
        return [name, message];
      }
    }
    throw new NotFoundError(id);
  }

  private notify(folder: FolderName): void {
    const messages = this.list(folder);
    for (const listener of this.listeners) {
      listener(folder, messages);
    }
  }
}

/** Returns a subject without the prefixes that replies and forwards collect. */
export function withoutPrefix(subject: string): string {
  return subject.replace(/^((re|fwd?|aw|wg):\s*)+/i, "").trim();
}

/** Returns an address as it is shown to people. */
export function display(address: Address): string {
  return address.name ? `${address.name} <${address.email}>` : address.email;
}

function searchable(message: Message): string {
  const people = [message.from, ...message.to].map(display).join(" ");
  return `${message.subject} ${people} ${message.body} ${message.labels.join(" ")}`.toLowerCase();
}
