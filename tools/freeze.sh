#!/bin/sh
# freeze.sh LIMPID OUTPUT LIST: compiles the modules that LIST names into OUTPUT, a C file.
set -e
library=${PYTHON_LIBRARY:-/usr/lib/python3.11}
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck disable=SC2046
exec "$1" --freeze "$2" "$library" $(grep -v '^#' "$3" | sed "s|=\./|=$root/|")
