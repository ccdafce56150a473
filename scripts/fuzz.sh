#!/bin/sh
# Fuzzes every target there is, one after the other, for as long as said: 20s
# if nothing is said, 10m before a release. A failure stops it; the input that
# failed is left in the package's testdata/fuzz, to be kept as a test.
set -eu
cd "$(dirname "$0")/.."
time=${1:-20s}
go=${GO:-go}

packages=$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -r -n 1 dirname | sort -u)
total=$(grep -rh --include='*_test.go' '^func Fuzz' . | wc -l)
if [ "$total" -eq 0 ]; then
	echo "fuzz: there is nothing to fuzz" >&2
	exit 1
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
log=$tmp/log

# The end of the time can catch Go's own fuzzer at work, which then reports a
# failure without an input. Only an input, or any other words, are a failure.
late() {
	grep -q '^    context deadline exceeded$' "$log" && ! grep -q -e 'Failing input' -e 'panic:' -e '_test.go:' "$log"
}

# fuzz runs one target of the program that was made of its package, in the
# folder of the package, as go test does. What is new goes where go test keeps it.
fuzz() {
	(cd "$dir" && "$tmp/test" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$time" \
		-test.fuzzminimizetime 100x -test.fuzzcachedir "$corpus") </dev/null >"$log" 2>&1
}

# A package is compiled once for all its targets: that takes longer than a short run.
step=0
for dir in $packages; do
	"$go" test -c -fuzz=. -o "$tmp/test" "$dir"
	corpus=$("$go" env GOCACHE)/fuzz/$("$go" list "$dir")
	mkdir -p "$corpus"
	for target in $(cd "$dir" && "$tmp/test" -test.list '^Fuzz' | grep '^Fuzz'); do
		step=$((step + 1))
		echo "fuzz: [$step/$total] $dir $target, for $time"
		if ! fuzz && ! late; then
			cat "$log"
			echo "fuzz: $dir $target failed" >&2
			exit 1
		fi
		grep '^fuzz: elapsed' "$log" | tail -n 1
	done
done
if [ "$step" -ne "$total" ]; then
	echo "fuzz: only $step of $total targets ran" >&2
	exit 1
fi
echo "fuzz: nothing was found"
