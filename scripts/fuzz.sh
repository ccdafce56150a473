#!/bin/sh
# Fuzzes every target there is, one after the other, for as long as said: 20s
# if nothing is said, 10m before a release. A failure stops it; the input that
# failed is left in the package's testdata/fuzz, to be kept as a test.
set -eu
cd "$(dirname "$0")/.."
time=${1:-20s}
go=${GO:-go}

# "package target" of every target, one on a line.
targets=$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -r -n 1 dirname | sort -u | while read -r dir; do
	list=$("$go" test -list '^Fuzz' "$dir") || { echo "$list" >&2; exit 1; }
	echo "$list" | grep '^Fuzz' | sed "s|^|$dir |"
done)
if [ -z "$targets" ]; then
	echo "fuzz: there is nothing to fuzz" >&2
	exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The end of the time can catch Go's own fuzzer at work, which then reports a
# failure without an input. Only an input, or any other words, are a failure.
late() {
	grep -q '^    context deadline exceeded$' "$log" && ! grep -q -e 'Failing input' -e 'panic:' -e '_test.go:' "$log"
}

total=$(echo "$targets" | wc -l)
step=0
while read -r dir target; do
	step=$((step + 1))
	echo "fuzz: [$step/$total] $dir $target, for $time"
	if ! "$go" test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 100x "$dir" </dev/null >"$log" 2>&1; then
		if ! late; then
			cat "$log"
			echo "fuzz: $dir $target failed" >&2
			exit 1
		fi
	fi
	grep '^fuzz: elapsed' "$log" | tail -n 1
done <<EOF
$targets
EOF
echo "fuzz: nothing was found"
