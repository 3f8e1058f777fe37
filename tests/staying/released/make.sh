#!/bin/sh
# Makes the dump of a released version: make.sh VERSION COMMIT, in a checkout with its .venv set up.
# The commit is checked out beside the repository with an environment of its own, its code fills an
# office by fill, and dump, keys and tokens are kept here.
set -eu
version=$1 commit=$2
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
old=$(mktemp -d)
trap 'git -C "$root" worktree remove --force "$old/code"; rm -rf "$old"' EXIT
git -C "$root" worktree add --detach "$old/code" "$commit"
cd "$old/code"
python3 -m venv .venv
# What an office does not run is left out: tests, browsers, windows.
awk '/^[a-z0-9]/ { skip = /^(playwright|ruff|mypy|typos|pytest|hypothesis|pyside6|coverage|uv)/ }
    !skip' requirements.txt >"$old/lock"
"$root/.venv/bin/uv" pip install --python .venv/bin/python --no-deps --no-verify-hashes -r "$old/lock"
NES_DEMO=1 NES_VAR="$old/var" PYTHONPATH=. .venv/bin/python "$here/fill" "$here/$version"
