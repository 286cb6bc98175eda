#!/bin/sh
# Install the Debian packages that pip cannot, and only those that are missing:
#   system_packages.sh java      a Java for Spark (17 or newer)
#   system_packages.sh browser   Chromium, for the portal's tests
set -eu

have_java() {
    version=$("${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 17 ]
}

have_browser() {
    command -v chromium > /dev/null
}

case "${1:-}" in
    java) packages='default-jre-headless' ;;
    browser) packages='chromium fonts-dejavu-core' ;;
    *)
        sed -n '2,4s/^# //p' "$0" >&2
        exit 2
        ;;
esac

if "have_$1"; then
    exit 0
fi

by_hand() {
    echo "Missing: $packages. $1 Install it, then run make again." >&2
    exit 1
}

command -v apt-get > /dev/null || by_hand 'This machine has no apt-get.'
if [ "$(id -u)" -eq 0 ]; then
    as_root=''
elif command -v sudo > /dev/null; then
    as_root='sudo'
else
    by_hand 'We are not root and there is no sudo.'
fi

echo "Installing $packages with apt-get."
# shellcheck disable=SC2086 -- the lists are words
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages > /dev/null

if ! "have_$1"; then
    by_hand 'apt-get has installed it and it does not answer.'
fi
