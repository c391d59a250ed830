#!/bin/sh
# LibreOffice recalculates the regenerated workbooks in the tests: install it where we may, or say that it is missing.
command -v soffice >/dev/null && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    (apt-get update -qq && apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui python3-uno) >/dev/null 2>&1
fi
command -v soffice >/dev/null || echo "LibreOffice is missing and could not be installed: its tests are skipped"
