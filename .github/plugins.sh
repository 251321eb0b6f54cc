#!/usr/bin/env bash
# Publishes the plugins as branches with a tag each: plugin managers take repositories, not folders in them.
#
# usage: .github/plugins.sh REMOTE VERSION
set -euo pipefail
cd "$(dirname "$0")/.."
remote=$1 version=$2
export GIT_AUTHOR_NAME="midfill release" GIT_AUTHOR_EMAIL="release@localhost"
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL

for plugin in neovim vim; do
  tag="$plugin-v$version"
  if git ls-remote --exit-code "$remote" "refs/tags/$tag" >/dev/null; then
    echo "$tag is published already"
    continue
  fi
  parent=()
  if published="$(git ls-remote --exit-code "$remote" "refs/heads/$plugin")"; then
    parent=(-p "${published%%[[:space:]]*}")
    git fetch --quiet "$remote" "refs/heads/$plugin"
  fi
  folder="$(mktemp -d)"
  export GIT_INDEX_FILE="$folder/index"
  git read-tree "HEAD:clients/$plugin"
  git update-index --add --cacheinfo "100644,$(git rev-parse HEAD:LICENSE),LICENSE"
  commit="$(git commit-tree "${parent[@]}" -m "midfill $version" -m "clients/$plugin of $(git rev-parse HEAD)" "$(git write-tree)")"
  unset GIT_INDEX_FILE
  rm -r "$folder"
  git push --quiet "$remote" "$commit:refs/heads/$plugin" "$commit:refs/tags/$tag"
  echo "$tag is published"
done
