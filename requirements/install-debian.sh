#!/bin/sh
# Install the test servers that are Debian packages, as root; otherwise name what is left out.
set -eu
cd "$(dirname "$0")"
missing=
for name in $(sed 's/#.*//' debian.in); do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $name"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not installed, so the tests that need them are skipped:$missing"
    echo "To have them: apt-get install --no-install-recommends$missing"
    exit 0
fi
echo "Installing the test servers:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Recommended packages would bring a web server and a database that nothing here uses.
# shellcheck disable=SC2086 # one word each
apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 $missing </dev/null >/dev/null
