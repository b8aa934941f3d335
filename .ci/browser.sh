#!/bin/sh
# See to it that there is a Chromium for the browser tests; on Debian, as root, install it.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's package chromium"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -qq -y chromium >/dev/null &&
        command -v chromium >/dev/null 2>&1 && exit 0
fi
echo "The browser tests need Chromium, and it could not be installed here (Debian, as root: apt-get install chromium)." >&2
exit 1
