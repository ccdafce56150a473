#!/bin/sh
# Runs tests as if it were another day: ten years from now if nothing is said,
# or so many days from today. What is written here is true on any day only if
# it is true then.
#
#   scripts/someday.sh [DAYS] [PACKAGES AND FLAGS OF go test]
#
# Programs in Go, the nodes among them, get their clock from a package time
# that adds the days. PostgreSQL, Prosody, ejabberd and bitcoind get theirs
# from datefudge. libfaketime would not do: while a program waits in epoll_wait
# it hands out the true time, also to a signal's handler, so PostgreSQL never
# sees that a lock was waited for long enough. The kernel keeps its own clock:
# files have the dates of today.
set -eu
cd "$(dirname "$0")/.."
days=${1:-3650}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- ./...
go=${GO:-go}

fudge=$(ls /usr/lib/*/datefudge/datefudge.so 2>/dev/null | head -n 1)
if [ -z "$fudge" ]; then
	echo "someday: datefudge is missing; as root: apt-get install datefudge" >&2
	exit 1
fi
# Nodes that were built for these days are used again, so the folder has a name.
dir=${XDG_CACHE_HOME:-$HOME/.cache}/bitcoim/someday$days
mkdir -p "$dir"
source=$("$go" env GOROOT)/src/time/time.go
sed "s|^\tsec, nsec, mono := runtimeNow()\$|&\n\tsec += $days * 24 * 3600|" "$source" >"$dir/time.go"
if [ "$(grep -c "sec += $days \* 24" "$dir/time.go")" -lt 1 ]; then
	echo "someday: package time of $("$go" env GOVERSION) is not as this script knows it" >&2
	exit 1
fi
printf '{"Replace": {"%s": "%s"}}\n' "$source" "$dir/time.go" >"$dir/overlay.json"

export GOFLAGS="-overlay=$dir/overlay.json" TESTNODES_GOFLAGS="-overlay=$dir/overlay.json"
echo "someday: it is $(date -u -d "+$days days" +%F)"
[ -n "${SKIPNODES:-}" ] || "$go" run ./internal/sandbox/buildnodes
"$go" test -exec "env LD_PRELOAD=$fudge DATEFUDGE=$((-days * 24 * 3600))" -timeout 40m -json "$@" | "$go" run ./internal/tally
