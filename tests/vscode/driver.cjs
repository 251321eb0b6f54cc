// The user in front of VS Code: reads one JSON command a line, does it in a browser, answers one JSON line.
//
// usage: node driver.cjs URL      {"do": "type", "args": ["return "]}  ->  {"result": null} or {"error": "..."}

const readline = require("node:readline");
const { chromium } = require("playwright-core");

const PATIENCE_MS = 40_000;
const PALETTE = ".quick-input-widget input.input";
const STATUS = '[id="midfill.midfill.midfill.status"]';
const ROW = ".quick-input-list .monaco-list-row";

/** Open the palette by a key and fill in a text: keys typed while it opens may still reach the document. */
async function ask(key, text) {
  await page.keyboard.press(key);
  await page.waitForSelector(PALETTE);
  await page.fill(PALETTE, text);
}

/** Open a file in a tab of its own. */
async function choose(path) {
  const name = path.split("/").at(-1);
  await ask("Control+P", path);
  await page.click(`${ROW}:has-text("${name}")`);
  await page.waitForSelector(`.tab.active[data-resource-name="${name}"]`);
}

/** Open the palette and type a command's title; what happens meanwhile may close the palette, and then it is opened again. */
async function offered(title, attempts = 4) {
  try {
    await ask("F1", `>${title}`);
    await page.waitForSelector(`${ROW}:has-text("${title}")`, {
      timeout: 10_000,
    });
  } catch (error) {
    if (attempts === 0) throw error;
    await page.keyboard.press("Escape");
    await offered(title, attempts - 1);
  }
}

/** What can be seen, each as plain JSON. VS Code draws spaces as no-break spaces, and lines in any order. */
const views = {
  lines: () => texts(".monaco-editor .view-lines .view-line"),
  /** The ghost text: the rest of the cursor's line in one or more pieces, and the lines below it. */
  ghost: async () =>
    [
      (await texts("[class*=ghost-text-decoration]")).join(""),
      ...(await texts(".suggest-preview-text .view-line")),
    ].join("\n"),
  /** The ghost text of each cursor's line, from top to bottom. */
  ghosts: () => texts("[class*=ghost-text-decoration]"),
  /** What decorations add to the lines, from top to bottom. */
  added: () =>
    page.$$eval(".monaco-editor .view-lines .view-line span", (found) =>
      found
        .map((element) => [element.getBoundingClientRect().top, getComputedStyle(element, "::after").content])
        .filter(([, content]) => content.startsWith('"'))
        .sort(([one], [other]) => one - other)
        .map(([, content]) => JSON.parse(content).replaceAll("\u00a0", " ")),
    ),
  popup: () => texts(".suggest-widget.visible .monaco-list-row .label-name"),
  toasts: () => texts(".notification-toast .notification-list-item-message"),
  buttons: () => texts(".notification-toast .notification-list-item-buttons-container .monaco-button"),
  rows: () => texts(ROW),
  /** The headings of a page that an extension shows. */
  headings: async () => {
    const found = page
      .frames()
      .map((frame) =>
        frame.$$eval("main h1, main h2", (all) => all.map((heading) => heading.textContent)).catch(() => []),
      );
    return (await Promise.all(found)).flat();
  },
  /** Which steps of the walkthrough are done, in their order. */
  steps: () =>
    page.$$eval("button.getting-started-step", (found) =>
      found.map((step) => [step.dataset.stepId.split("#").at(-1), step.ariaChecked === "true"]),
    ),
  /** The tab of the settings: User, Remote or Workspace. */
  target: () =>
    page
      .$eval(".settings-target-container .action-label.checked", (tab) => tab.textContent.split(" ")[0])
      .catch(() => null),
  /** The status bar item: what a screen reader says, and its icon. */
  status: () => page.$eval(STATUS, (item) => item.getAttribute("aria-label")).catch(() => null),
  icon: () =>
    page.$eval(`${STATUS} .codicon`, (icon) => /codicon-(\S+)/.exec(icon.className)[1]).catch(() => null),
};

/** What can be done. */
const deeds = {
  look: (view) => views[view](),

  /** Wait until a view is as expected; the view as it was last seen, whether it came to that or not. */
  async until(view, expected) {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const seen = await views[view]();
      if (JSON.stringify(seen) === JSON.stringify(expected) || Date.now() > end) return seen;
      await page.waitForTimeout(20);
    }
  },

  /** A file, by its whole path: quick open knows a new file by no other, and the explorer draws only some. */
  async open(path) {
    await choose(path);
    await page.waitForSelector(".monaco-editor.focused .view-line");
  },

  /** The cursor to a place, counted from 1. */
  async goTo(line, column) {
    await ask("Control+G", `:${line}:${column}`);
    await page.press(PALETTE, "Enter");
    await page.waitForSelector(PALETTE, { state: "hidden" });
  },

  async command(title) {
    await offered(title);
    await page.press(PALETTE, "Enter");
  },

  /** An entry of the list that is open. */
  pick: (row) => page.click(`${ROW}:has-text("${row}")`).then(() => null),

  /** An entry of the menu behind the status bar item. */
  async menu(row) {
    await page.click(STATUS);
    await deeds.pick(row);
  },

  /** What the input box of that title asks for. */
  async answer(title, text) {
    await page.fill(`.quick-input-widget:has(.quick-input-title:text-is("${title}")) input.input`, text);
    await page.keyboard.press("Enter");
    await page.waitForSelector(PALETTE, { state: "hidden" });
  },

  /** Note the ghost text of each frame from now on, and what stands before it on the cursor's line. */
  watch: () =>
    page.evaluate(() => {
      const text = (selector) =>
        [...document.querySelectorAll(selector)].map((found) => found.textContent.replaceAll("\u00a0", " "));
      /** The cursor's line as it would be saved. */
      const written = () => {
        const at = document.querySelector(".monaco-editor.focused .cursors-layer .cursor")?.style.top;
        const lines = document.querySelectorAll(".monaco-editor.focused .view-lines .view-line");
        const line = [...lines].find(({ style }) => style.top === at)?.cloneNode(true);
        line?.querySelectorAll("[class*=ghost-text-decoration]").forEach((ghost) => ghost.remove());
        return line?.textContent.replaceAll("\u00a0", " ") ?? "";
      };
      window.frames_seen = [];
      window.lines_seen = [];
      const note = () => {
        const lines = [
          text("[class*=ghost-text-decoration]").join(""),
          ...text(".suggest-preview-text .view-line"),
        ];
        window.frames_seen?.push(lines.join("\n"));
        window.lines_seen?.push([written(), lines[0]]);
        if (window.frames_seen) requestAnimationFrame(note);
      };
      requestAnimationFrame(note);
    }),

  /** The ghost text of each frame since then. */
  watched: () =>
    page.evaluate(() => {
      const seen = window.frames_seen;
      window.frames_seen = undefined;
      return seen;
    }),

  /** What stood on the cursor's line in each frame since then, and the ghost text behind it there. */
  watchedLines: () =>
    page.evaluate(() => {
      window.frames_seen = undefined;
      return window.lines_seen;
    }),

  /** Replace the whole text of the file. */
  async replace(text) {
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(text);
  },

  /** Type with so many milliseconds from key to key; once there is ghost text, wait and take it. */
  async typeAndTake(text, gap, wait) {
    await page.keyboard.type(text, { delay: gap });
    const ghost = page.waitForSelector("[class*=ghost-text-decoration]", { timeout: 2_000 });
    if (
      !(await ghost.then(
        () => true,
        () => false,
      ))
    )
      return false;
    await page.waitForTimeout(wait);
    await page.keyboard.press("Tab");
    return true;
  },

  async openNotebook(path) {
    await choose(path);
    await page.waitForSelector(".notebookOverlay .code-cell-row .view-line");
  },

  /** A snippet at the cursor, as a command of the palette inserts it. */
  async snippet(body) {
    await deeds.command("Snippets: Insert Snippet");
    await page.waitForSelector(ROW);
    await deeds.pick(body);
  },

  type: (text) => page.keyboard.type(text, { delay: 30 }),
  insert: (text) => page.keyboard.insertText(text),
  press: (key) => page.keyboard.press(key),
  click: (selector) => page.click(selector),
  resize: (size) => page.setViewportSize(size),
  screenshot: (path) => page.screenshot({ path }).then(() => null),
};

let page;

function texts(selector) {
  return page.$$eval(selector, (found) =>
    found
      .map((element) => [element.getBoundingClientRect().top, element.textContent.replaceAll("\u00a0", " ")])
      .sort(([a], [b]) => a - b)
      .map(([, text]) => text),
  );
}

async function main(url) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  const context = await browser.newContext({
    viewport: { width: 1000, height: 600 },
  });
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  await page.waitForSelector(".monaco-workbench .statusbar", {
    timeout: 60_000,
  });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { do: deed, args } = JSON.parse(line);
    const answer = await deeds[deed](...args).then(
      (result) => ({ result: result ?? null }),
      (error) => ({ error: String(error) }),
    );
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  await browser.close();
}

main(process.argv[2]);
