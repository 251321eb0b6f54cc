"use strict";

const { readFile, writeFile } = require("node:fs/promises");
const path = require("node:path");

const DEFAULTS = {
  folder: "./shelf",
  maxAge: 24 * 60 * 60 * 1000,
  pretty: false,
};

/** A cache of JSON documents on disk. */
class Shelf {
  #index = new Map();

  constructor(options = {}) {
    this.options = { ...DEFAULTS, ...options };
    this.hits = 0;
  }

  static key(name) {
    return name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  }

  async get(name) {
    const key = Shelf.key(name);
    const entry = this.#index.get(key);
    if (entry && Date.now() - entry.time < this.options.maxAge) {
      this.hits += 1;
      return entry.value;
    }
    try {
      const text = await readFile(this.#file(key), "utf8");
      const value = JSON.parse(text);
      this.#index.set(key, { value, time: Date.now() });
      return value;
    } catch (error) {
      if (error.code === "ENOENT") {
        return undefined;
      }
      throw error;
    }
  }

  async put(name, value) {
    const key = Shelf.key(name);
    const text = JSON.stringify(value, null, this.options.pretty ? 2 : undefined);
    await writeFile(this.#file(key), text + "\n");
    this.#index.set(key, { value, time: Date.now() });
  }

  forget(predicate) {
    for (const [key, entry] of this.#index) {
      if (predicate(key, entry.value)) {
        this.#index.delete(key);
      }
    }
    return this;
  }

  #file(key) {
    return path.join(this.options.folder, `${key}.json`);
  }
}

module.exports = { Shelf, DEFAULTS };
