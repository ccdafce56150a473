package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// What an audit warns of is a warning of the gateway, once, and of whoever audits by hand.
func TestAWarningOfAnAuditIsToldOnce(t *testing.T) {
	var log, report bytes.Buffer
	g := &gateway{log: slog.New(slog.NewTextHandler(&log, nil))}
	r := audit.Report{Warnings: []string{"it is the wrong database"}}
	for range 2 {
		g.note(r)
	}
	if got := log.String(); strings.Count(got, "level=WARN") != 1 || !strings.Contains(got, r.Warnings[0]) {
		t.Errorf("it says %q", got)
	}
	if err := printReport(t.Context(), &report, dbtest.SQLite(t), r); err != nil || !strings.Contains(report.String(), "WARN   "+r.Warnings[0]+"\n") {
		t.Errorf("got %q (%v)", report.String(), err)
	}
}
