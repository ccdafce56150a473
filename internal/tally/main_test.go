package main

import (
	"strings"
	"testing"
)

func TestTally(t *testing.T) {
	for name, tt := range map[string]struct {
		in     string
		failed int
		want   string
	}{
		"a skip is named and not passed": {
			`{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:1: no bitcoind\n"}
{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}`, 0, "skipped: p TestA: a_test.go:1: no bitcoind\n0 passed, 0 failed, 1 skipped\n"},
		"a failure is shown whole": {
			`{"Action":"output","Package":"p","Test":"TestB","Output":"boom\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p"}`, 2, "--- FAIL p TestB\nboom\n"},
		"a race is shown of a test that passes": {
			`{"Action":"output","Package":"p","Test":"TestC","Output":"WARNING: DATA RACE\n"}
{"Action":"pass","Package":"p","Test":"TestC"}
{"Action":"fail","Package":"p"}`, 1, "--- RACE p TestC\nWARNING: DATA RACE\n"},
		"what had not ended is shown": {
			`{"Action":"output","Package":"p","Test":"TestD","Output":"panic\n"}
{"Action":"fail","Package":"p"}`, 1, "--- NOT ENDED p TestD\npanic\n"},
		"a build that breaks is shown": {
			`{"Action":"build-output","ImportPath":"p","Output":"syntax error\n"}
{"Action":"fail","Package":"p"}`, 1, "syntax error\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			failed, err := tally(strings.NewReader(tt.in), &out)
			if err != nil || failed != tt.failed || !strings.Contains(out.String(), tt.want) {
				t.Errorf("failed %d, err %v, said %q; want %d and %q", failed, err, out.String(), tt.failed, tt.want)
			}
		})
	}
	if _, err := tally(strings.NewReader(""), &strings.Builder{}); err == nil {
		t.Error("no test at all passed as a good run")
	}
}
