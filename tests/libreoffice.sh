#!/bin/sh
# LibreOffice calls the functions and recalculates workbooks in the tests: install it where we may, or say what is missing.
ready() {
    command -v soffice >/dev/null && /usr/bin/python3 -c 'import uno' 2>/dev/null
}
ready && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    (apt-get update -qq && apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui python3-uno) >/dev/null 2>&1
fi
ready || echo "LibreOffice (libreoffice-calc-nogui) or its Python (python3-uno) is missing and could not be installed: its tests are skipped"
