#!/bin/sh
# Runs Archbridge with the Node beside it or, where there is none, with the one on PATH.
set -eu
self=$0
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in
  /*) self=$link ;;
  *) self=$(dirname "$self")/$link ;;
  esac
done
home=$(cd "$(dirname "$self")/.." && pwd)

node=$home/runtime/node
if [ ! -x "$node" ] && ! node=$(command -v node); then
  echo "Archbridge needs Node 20.19 or newer, and there is no node on PATH: https://nodejs.org" >&2
  exit 2
fi
version=$("$node" --version)
major=${version#v} major=${major%%.*}
minor=${version#v*.} minor=${minor%%.*}
if [ "$major" -lt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -lt 19 ]; }; then
  echo "Archbridge needs Node 20.19 or newer; this is $version ($node)." >&2
  exit 2
fi
exec "$node" "$home/archbridge.mjs" "$@"
