#!/bin/sh
# usage: packages.sh [LIST]
# Installs what is missing of the Debian packages in LIST (packages.txt beside this script: one a line; in lists of more columns
# the first one names the user of the others); silent when nothing is.  A program that is there, from wherever, is not missing.
list=${1:-$(dirname "$0")/packages.txt}
missing=
for package in $(sed '/^#/d' "$list" | awk '{ if (NF > 1) $1 = ""; print }' | tr ' ' '\n' | sort -u); do
    [ -e "/var/lib/dpkg/info/$package.list" ] || [ -e "/var/lib/dpkg/info/$package:amd64.list" ] || command -v "$package" >/dev/null ||
        missing="$missing $package"
done
[ -z "$missing" ] && exit 0
command -v apt-get >/dev/null || { echo "please install:$missing" >&2; exit 1; }
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends $missing
