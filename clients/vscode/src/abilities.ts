/** The client's capabilities beyond the specification. */

import type { StaticFeature } from "vscode-languageclient/node";

/**
 * Announces that the first text shown has to be whole, because VS Code hides ghost text before it shows a longer one,
 * and that it answers requests for definitions.
 */
export const ABILITIES: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { midfill: { whole: true, definitions: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};
