package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A reason of blanks is none: it would be all that anybody reads later of why payments went on.
func TestAReasonOfBlanksIsNone(t *testing.T) {
	for _, reason := range []string{"", "  ", "\t\n"} {
		var out, errs bytes.Buffer
		err := run(t.Context(), []string{"-config", filepath.Join(t.TempDir(), "none"), "audit", "-declare", "ab", "-reason", reason}, &out, &errs)
		if !errors.Is(err, errUsage) || !strings.Contains(errs.String(), "-reason TEXT is missing") {
			t.Errorf("%q: got %v, %s", reason, err, errs.String())
		}
	}
}

// Who asks for help has not erred, and who says nothing, or too little, has.
func TestHelpIsNoError(t *testing.T) {
	for line, wrong := range map[string]bool{"-h": false, "help": false, "order -h": false, "order help": false, "order release --help": false, "audit -world -h": false,
		"p2p send -h": false, "": true, "order": true, "order release": true} {
		var out bytes.Buffer
		if err := run(t.Context(), strings.Fields(line), &out, &out); errors.Is(err, errUsage) != wrong || !wrong && err != nil || out.Len() == 0 {
			t.Errorf("%q: got %v, and it says %q", line, err, out.String())
		}
	}
}

// Who asks how a part of a verb is used, or says it wrong, reads of that part alone, and
// needs neither a configuration nor a database for it.
func TestEachPartOfAVerbSaysHowItIsUsed(t *testing.T) {
	for line, want := range map[string]struct {
		says  string // of what is wrong, "" of a question
		usage []string
	}{
		"user":                                 {"", []string{"user list", "user show USER", "user suspend USER REASON", "user resume USER"}},
		"user help":                            {"", []string{"user list", "user show USER", "user suspend USER REASON", "user resume USER"}},
		"user --help":                          {"", []string{"user list", "user show USER", "user suspend USER REASON", "user resume USER"}},
		"user sack bob":                        {`bitcoim user: what is "sack"?`, []string{"user list", "user show USER", "user suspend USER REASON", "user resume USER"}},
		"user list all":                        {`bitcoim user list: what is "all"?`, []string{"user list"}},
		"user show":                            {"bitcoim user show: USER is missing", []string{"user show USER"}},
		"user suspend -h":                      {"", []string{"user suspend USER REASON"}},
		"user suspend bob":                     {"bitcoim user suspend: REASON is missing", []string{"user suspend USER REASON"}},
		"user suspend -now bob why":            {"flag provided but not defined: -now", []string{"user suspend USER REASON"}},
		"user resume bob please":               {`bitcoim user resume: what is "please"?`, []string{"user resume USER"}},
		"order list -h":                        {"", []string{"order list"}},
		"order list -fee-msat 7":               {"flag provided but not defined: -fee-msat", []string{"order list"}},
		"order release 12":                     {"bitcoim order release: REASON is missing", []string{"order release [-i-have-checked] ID REASON"}},
		"order book 12 ab":                     {"bitcoim order book: REASON is missing", []string{"order book [-i-have-checked] [-fee-msat N] ID PREIMAGE|TXID REASON"}},
		"db plan now":                          {`bitcoim db plan: what is "now"?`, []string{"db plan"}},
		"db upgrade -dryrun":                   {"flag provided but not defined: -dryrun", []string{"db upgrade [-dry-run]"}},
		"db import -h":                         {"", []string{"db import python-bitcoim FILE [-balances FILE] [-dry-run]"}},
		"db import python-bitcoim":             {"bitcoim db import: FILE is missing", []string{"db import python-bitcoim FILE [-balances FILE] [-dry-run]"}},
		"db import perl-bitcoim f":             {`bitcoim db import: what is "perl-bitcoim"?`, []string{"db import python-bitcoim FILE [-balances FILE] [-dry-run]"}},
		"audit -h":                             {"", []string{"audit [-world] [-json]|-declare REF -reason TEXT [-ahead]"}},
		"audit now":                            {`bitcoim audit: what is "now"?`, []string{"audit [-world] [-json]|-declare REF -reason TEXT [-ahead]"}},
		"audit -declare ab":                    {"bitcoim audit: -reason TEXT is missing: why, which is recorded", []string{"audit [-world] [-json]|-declare REF -reason TEXT [-ahead]"}},
		"audit -reason why":                    {"bitcoim audit: -declare REF is missing: what it is about", []string{"audit [-world] [-json]|-declare REF -reason TEXT [-ahead]"}},
		"audit -ahead":                         {"bitcoim audit: -declare REF is missing: what it is about", []string{"audit [-world] [-json]|-declare REF -reason TEXT [-ahead]"}},
		"audit -declare ab -reason why -world": {"bitcoim audit: -declare goes with neither -world nor -json", []string{"audit [-world] [-json]|-declare REF -reason TEXT [-ahead]"}},
		"zone -h":                              {"Usage of zone:", []string{"zone [-domain DOMAIN] [-ttl TIME]"}},
		"audit -moon":                          {"flag provided but not defined: -moon", []string{"audit [-world] [-json]|-declare REF -reason TEXT [-ahead]"}},
	} {
		var out, errs bytes.Buffer
		args := append([]string{"-config", filepath.Join(t.TempDir(), "none")}, strings.Fields(line)...)
		asked := strings.HasSuffix(line, "help") || strings.HasSuffix(line, "-h")
		if err := run(t.Context(), args, &out, &errs); asked && err != nil || !asked && !errors.Is(err, errUsage) {
			t.Errorf("%s: got %v", line, err)
		}
		var usage []string
		said := ""
		for i, l := range strings.Split(errs.String(), "\n") {
			if u, is := strings.CutPrefix(l, "usage: bitcoim "); is {
				usage = append(usage, u)
			} else if i == 0 {
				said = l
			}
		}
		if said != want.says || !slices.Equal(usage, want.usage) || out.Len() > 0 {
			t.Errorf("%s: it says\n%s", line, errs.String())
		}
	}
}

// A user who is suspended reads why.
func TestNobodyIsSuspendedWithoutAReason(t *testing.T) {
	for _, reason := range []string{"", " \t"} {
		var out bytes.Buffer
		err := run(t.Context(), []string{"-config", filepath.Join(t.TempDir(), "none"), "user", "suspend", "bob", reason}, &out, &out)
		if err == nil || !strings.Contains(err.Error(), "say why") {
			t.Errorf("%q: got %v", reason, err)
		}
	}
}
