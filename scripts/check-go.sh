#!/bin/sh
# Says what is missing before anything is installed or built: Go itself, or a
# Go that can read go.mod. One that knows toolchains (1.21) fetches the right
# one by itself.
set -eu
cd "$(dirname "$0")/.."
go=${GO:-go}
wants=$(sed -n 's/^go //p' go.mod)

if ! command -v "$go" >/dev/null; then
	echo "bitcoim needs Go $wants or newer, and there is no $go here: https://go.dev/doc/install" >&2
	exit 1
fi
has=$("$go" env GOVERSION 2>/dev/null || true)
case $has in
go1.[0-9] | go1.[0-9].* | go1.1[0-9] | go1.1[0-9].* | go1.20 | go1.20.* | "")
	echo "bitcoim needs Go $wants or newer; $(command -v "$go") is ${has:-older} (Debian 12's own package is too old): https://go.dev/doc/install" >&2
	exit 1
	;;
esac
