#!/bin/sh
# The Office.js host is tested in Node and Chromium: install them where we may, or say in a line what is missing.
cd "$(dirname "$0")" || exit
missing=
for command in node npm chromium; do
    command -v $command >/dev/null || missing="$missing $command"
done
if [ -n "$missing" ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    packages=$(echo "$missing" | sed 's/\<node\>/nodejs/')
    # shellcheck disable=SC2086 # one word a package
    (apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages) >/dev/null 2>&1
fi
if command -v npm >/dev/null && { [ ! -d node_modules ] || [ package.json -nt node_modules ]; }; then
    npm install --silent --no-package-lock --no-audit --no-fund >/dev/null 2>&1 && touch node_modules
fi
lacking=
for command in node chromium; do
    command -v $command >/dev/null || lacking="$lacking $command"
done
[ -d node_modules/playwright-core ] || lacking="$lacking npm-packages"
[ -z "$lacking" ] || echo "Missing and could not be installed:$lacking; the tests of the Office.js host that need them are skipped"
