package archtest_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A test that names a day is true until that day, or from that day on. Tests
// hand in a clock and count from it; what a node dates by itself they compare
// by distance.
var dated = regexp.MustCompile(`\b20\d\d-[01]\d-[0-3]\d(?:\b|T)|` +
	`\b[0-3]?\d (?i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|janv|févr|mars|avr|mai|juin|juil|août|sept|déc)[a-zé.]* 20\d\d\b`)

// undated are the tests that may name a day, and why it cannot pass.
var undated = map[string]string{
	"cmd/bitcoim/import_test.go":              "an old database, which has days of its own",
	"door/component/fuzz_internal_test.go":    "a stanza that is to be read, whatever day it says",
	"door/component/retract_test.go":          "a tombstone, whose day nobody reads",
	"i18n/printer_test.go":                    "prints a time that it hands in",
	"internal/archtest/dates_test.go":         "has examples of what is not to be said",
	"legacy/hostile_test.go":                  "an old database, which has days of its own",
	"legacy/old_test.go":                      "an old database, which has days of its own",
	"lightning/moneysocket_pay_test.go":       "words of another program, which nobody reads as a date",
	"lime/document_test.go":                   "a document to be read, which nobody compares with a clock",
	"door/limedoor/bill_test.go":              "the due date of a bill, which the door passes over",
	"door/limedoor/document_internal_test.go": "dates that a bot asks with, which nobody compares with a clock",
	"door/limedoor/resource_test.go":          "a day long past, which stays past",
}

// forTests reports whether a file is a test, or what a test reads. Recordings
// are dated: what replays them hands their clock in.
func forTests(name string) bool {
	data := strings.HasPrefix(name, "testdata/") || strings.Contains(name, "/testdata/")
	return (strings.HasSuffix(name, "_test.go") || data) && !strings.HasSuffix(name, ".jsonl") && !strings.Contains(name, "/fuzz/")
}

// days lists the days that a test names.
func days(name string, text []byte) (all []string) {
	if !forTests(name) || undated[name] != "" {
		return nil
	}
	for _, found := range dated.FindAll(text, -1) {
		if !bytes.HasPrefix(found, []byte("2006-01-02")) { // a layout of package time
			all = append(all, string(found))
		}
	}
	return all
}

func TestNoTestKnowsTheDay(t *testing.T) {
	all := files(t)
	for name := range undated {
		if !slices.Contains(all, name) || !dated.Match(read(t, name)) {
			t.Errorf("%s has leave to name a day, and does not", name)
		}
	}
	for _, name := range all {
		for _, day := range days(name, read(t, name)) {
			t.Errorf("%s names the day %s: count from the clock that the test hands in", name, day)
		}
	}
}

func TestTheRuleForDaysBites(t *testing.T) {
	for _, text := range []string{"until 21 Dec 2026", "jusqu'au 21 déc. 2026", "1 août 2031", "2026-11-21", "2026-11-21T10:00:00Z"} {
		for _, name := range []string{"command/testdata/dialogues/apps.txt", "command/pay_test.go"} {
			if len(days(name, []byte(text))) != 1 {
				t.Errorf("%s: %q passes", name, text)
			}
		}
	}
	for _, text := range []string{"in 30 days", "{date:30d}", "time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)", "5 000 sat", "lnbc2026-x"} {
		if found := days("command/pay_test.go", []byte(text)); len(found) > 0 {
			t.Errorf("%q: %q", text, found)
		}
	}
	if len(days("i18n/i18n.go", []byte("21 Dec 2026"))) > 0 {
		t.Error("code is not a test")
	}
}
