package main

import (
	"bytes"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

var (
	spent   = freeze.Cause{Ref: strings.Repeat("ab", 32), Reason: freeze.Spent, What: "5 000 sat left the wallet, and no order did it"}
	lacking = freeze.Cause{Ref: "wallet and channels hold what users are owed", Reason: freeze.Balance, What: "7 msat are missing"}
)

// freezer is a database whose payments can be stopped.
type freezer struct {
	*testing.T
	*db.DB
}

func (f freezer) do(fn func(tx *db.Tx) error) {
	f.Helper()
	if err := f.Tx(f.Context(), fn); err != nil {
		f.Fatal(err)
	}
}

func (f freezer) stop(c freeze.Cause) {
	f.Helper()
	f.do(func(tx *db.Tx) error { _, err := freeze.Payments(f.Context(), tx, c); return err })
}

// The log has what stops payments, whoever found it, and how that is ended, once;
// and its end once.
func TestTheLogTellsWhatStopsPayments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := freezer{t, d}
		var log bytes.Buffer
		g := &gateway{db: d, log: slog.New(slog.NewTextHandler(&log, nil))}
		tells := func(when string, want ...string) {
			t.Helper()
			log.Reset()
			for range 3 {
				if _, err := g.tellStops(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			text := log.String()
			if n := strings.Count(text, "\n"); n != len(want) {
				t.Errorf("%s: %d lines, want %d:\n%s", when, n, len(want), text)
			}
			for _, w := range want {
				if strings.Count(text, w) != 1 {
					t.Errorf("%s: want %q once in\n%s", when, w, text)
				}
			}
		}
		tells("at first")
		f.stop(spent)
		tells("stopped", "bitcoim audit -declare "+spent.Ref)
		f.stop(lacking)
		tells("by two things", "it is over when an audit finds it no more")
		f.do(func(tx *db.Tx) error { _, err := freeze.Acknowledge(t.Context(), tx, spent.Ref, "me"); return err })
		tells("acknowledged", `level=WARN msg="this stops payments no more" by=`+spent.Ref)
		f.do(func(tx *db.Tx) error { _, err := freeze.Clear(t.Context(), tx, lacking); return err })
		tells("cleared", `by="`+lacking.Ref, `msg="payments to the outside go on"`)
		f.stop(lacking)
		tells("once more", "level=ERROR")
	})
}

// What ends a cause is what its operator should do, and not merely may.
func TestWhatEndsACause(t *testing.T) {
	dbtest.Each(t, whatEndsACause)
}

func whatEndsACause(t *testing.T, d *db.DB) {
	for _, tt := range []struct {
		ref       string
		reason    freeze.Reason
		want, not string
	}{
		{spent.Ref, freeze.Spent, "if you know what it was: bitcoim audit -declare " + spent.Ref, "it is over"},
		{"the sum", freeze.Balance, "it is over", "-declare"},
		{spent.Ref, freeze.Earlier, "it is over", "-declare"},
		{spent.Ref, freeze.Unmade, "it is over when an audit finds it no more; if you know what it was", "brought"},
		{spent.Ref, freeze.Uncredited, "if you settle it with the user yourself, before that: bitcoim audit -declare " + spent.Ref, "you know what it was"},
		{"wallet:aa", freeze.OtherNode, "if you brought all that users own there: bitcoim audit -declare wallet:aa", "you know what it was"},
		{"node:02", freeze.OtherNode, "if you brought all that users own there: bitcoim audit -declare node:02", "you know what it was"},
	} {
		got, err := end(t.Context(), d.Read(), freeze.Cause{Ref: tt.ref, Reason: tt.reason})
		if err != nil || !strings.Contains(got, tt.want) || strings.Contains(got, tt.not) {
			t.Errorf("%s of %s: %q", tt.reason, tt.ref, got)
		}
	}
}

func TestAnOperatorDeclaresWhatThereIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := freezer{t, d}
		f.stop(spent)
		f.stop(lacking)
		typo, other := strings.Repeat("ab", 31)+"ac", strings.Repeat("cd", 32)
		for _, tt := range []struct {
			ref   string
			ahead bool
			want  error
			says  []string
		}{
			{typo, false, freeze.ErrUnknown, []string{typo, `nothing of that name stops payments: "` + typo + `"; what can be declared: ` + spent.Ref}},
			{lacking.Ref, false, freeze.ErrRule, nil},
			{"abc", true, errNoID, nil},
			{strings.ToUpper(other), true, errNoID, nil},
			{other, true, nil, []string{other + " will not stop payments when it is found", "payments to the outside are stopped"}},
			{spent.Ref, true, errFound, []string{spent.Ref + ": it stops payments now"}},
			{spent.Ref, false, nil, []string{spent.Ref + " stops payments no more: " + spent.What, lacking.Ref + ": 7 msat are missing; it is over when"}},
			{spent.Ref, false, nil, []string{"was declared before"}},
			{typo, false, freeze.ErrUnknown, []string{"there is nothing to declare now"}},
		} {
			var out bytes.Buffer
			err := declare(t.Context(), &program{out: &out}, d, tt.ref, "a test", tt.ahead)
			if !errors.Is(err, tt.want) {
				t.Errorf("%s: got %v", tt.ref, err)
			}
			said := out.String()
			if err != nil {
				said += err.Error()
			}
			for _, want := range tt.says {
				if !strings.Contains(said, want) {
					t.Errorf("%s: want %q in\n%s", tt.ref, want, said)
				}
			}
		}
		var kept int
		if err := d.Tx(t.Context(), func(tx *db.Tx) error {
			return tx.GetContext(t.Context(), &kept, `SELECT (SELECT COUNT(*) FROM frozen) * 100 + (SELECT COUNT(*) FROM operator_act)`)
		}); err != nil || kept != 3*100+3 {
			t.Errorf("kept %d (%v), want three names and three acts", kept, err)
		}
	})
}

// What each verb says while payments are stopped.
func TestAnOperatorReadsThatPaymentsAreStopped(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "bitcoim.toml")
	writeConfig(t, config, filepath.Join(dir, "bitcoim.db"), "127.0.0.1:1")
	says := func(line string) string {
		var out bytes.Buffer
		if err := run(t.Context(), append([]string{"-config", config}, strings.Fields(line)...), &out, &out); err != nil {
			out.WriteString(err.Error())
		}
		return out.String()
	}
	want := func(line string, all ...string) {
		t.Helper()
		text := says(line)
		for _, w := range all {
			if !strings.Contains(text, w) {
				t.Errorf("%s: want %q in\n%s", line, w, text)
			}
		}
	}
	says("db upgrade")
	want("audit", "ok     all accounts together are zero\n", "the books are in order")
	if text := says("order list"); strings.Contains(text, "stopped") {
		t.Errorf("nothing is stopped: %s", text)
	}
	c, err := (&program{config: config}).load()
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDB(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	freezer{t, d}.stop(spent)
	how := "bitcoim audit -declare " + spent.Ref + " -reason"
	want("audit", "ok     all accounts together are zero\n", "FOUND  it is not so that the books know what the wallet sent:\n",
		"       "+spent.Ref+": "+spent.What+"\n", how, "1 finding")
	want("audit -json", `"ref": "`+spent.Ref+`"`)
	want("check", "payments   FAILED: stopped since", how)
	want("order list", "payments to the outside are stopped since", how, "no payment is under way")
	want("order stuck", "payments to the outside are stopped since")
	want("audit -declare "+spent.Ref+" -reason mine", "stops payments no more")
	want("audit", "the books are in order")
}
