package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// tried are the nodes that every test of this program has run on, by the
// number that changes when their answers may: the major one of Bitcoin Core,
// the minor one of LND. What each of them said is in chain/testdata, or is
// asked anew in each run (internal/testnodes, internal/newnodes).
var tried = map[string][]string{
	"bitcoind": {"29", "31"},
	"lnd":      {"0.20", "0.21"},
}

var versionNumber = regexp.MustCompile(`[0-9]+(\.[0-9]+)+`)

// untried is what to add to what a node says of itself if nobody ever ran the
// gateway on its version; "" if somebody did.
func untried(kind, version string) string {
	all, known := tried[kind]
	if !known {
		return ""
	}
	parts := strings.Split(versionNumber.FindString(version), ".")
	if n := strings.Count(all[0], ".") + 1; len(parts) >= n && slices.Contains(all, strings.Join(parts[:n], ".")) {
		return ""
	}
	return fmt.Sprintf(" (warning: the gateway was never tried with this version of %s, only with %s)", kind, strings.Join(all, " and "))
}
