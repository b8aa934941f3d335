#!/bin/sh
# Print a Python that is new enough: $PYTHON if it is set, else the first one on the PATH.
suits() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -n "$PYTHON" ]; then
    candidates=$PYTHON
else
    candidates="python3 python3.13 python3.12 python3.11 python3.14 python"
fi
old=
for candidate in $candidates; do
    if suits "$candidate"; then
        if "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            command -v "$candidate"
            exit 0
        fi
        old="$candidate lacks the modules venv and ensurepip (Debian, Ubuntu: apt-get install python3-venv). $old"
    fi
done
echo "No suitable Python found (looked for: $candidates). ${old}Python 3.11 or newer is needed; name one with PYTHON=/path/to/python3." >&2
exit 1
