#!/bin/sh
# Builds the self-contained server with the locked packages; see bundle.py.
#
# usage: .github/bundle.sh FOLDER PLATFORM
exec uv run --quiet --locked --isolated --no-editable --no-dev --group bundle --extra keyring \
  python "$(dirname "$0")/bundle.py" "$@"
