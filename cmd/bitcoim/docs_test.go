package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// called finds commands in backquotes, and in blocks of code: a line of a
// block may hold several.
var (
	inline = regexp.MustCompile("`(bitcoim [^`\n]+)`")
	block  = regexp.MustCompile("(?s)```sh\n(.*?)```")
	inLine = regexp.MustCompile(`(?:^|&& |; |/bin/)(bitcoim -?[a-z][^#&;>|]*)`)
)

// calls lists the command lines of this program that a page shows.
func calls(page string) (all []string) {
	for _, m := range inline.FindAllStringSubmatch(page, -1) {
		all = append(all, m[1])
	}
	for _, b := range block.FindAllStringSubmatch(page, -1) {
		for line := range strings.Lines(b[1]) {
			for _, m := range inLine.FindAllStringSubmatch(strings.TrimSpace(line), -1) {
				all = append(all, m[1])
			}
		}
	}
	return all
}

// misused says what is wrong with a command line, "" if nothing is.
func misused(line string) string {
	words := strings.Fields(line)[1:]
	if words[0] == "-config" {
		words = words[2:]
	}
	for _, v := range verbs() {
		if v.name != words[0] {
			continue
		}
		takes := strings.FieldsFunc(v.args, func(r rune) bool { return strings.ContainsRune(" []|", r) })
		any := slices.Contains(takes, "FLAGS") // which its own usage lists
		for i, word := range words[1:] {
			if flag, is := strings.CutPrefix(word, "-"); is && !any && !slices.Contains(takes, "-"+strings.TrimPrefix(flag, "-")) {
				return "it has no " + word
			}
			lower := strings.Trim(word, "abcdefghijklmnopqrstuvwxyz|") == ""
			if i == 0 && lower && strings.Contains(v.args, "|") {
				for sub := range strings.SplitSeq(word, "|") {
					if !slices.Contains(takes, sub) {
						return "it has no " + sub
					}
				}
			}
		}
		return ""
	}
	return "there is no such command"
}

// What the pages tell people to type must work.
func TestPagesShowCommandsThatThereAre(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range append(pages, "../../README.md", "../../SECURITY.md", "../../CHANGELOG.md") {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range calls(string(page)) {
			found++
			if wrong := misused(line); wrong != "" {
				t.Errorf("%s: %q: %s", filepath.Base(name), line, wrong)
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d commands were found", found)
	}
}

// Every command is explained to operators.
func TestEveryCommandIsOnAPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/OPERATING.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verbs() {
		if !slices.ContainsFunc(calls(string(page)), func(c string) bool { return strings.HasPrefix(c+" ", "bitcoim "+v.name+" ") }) {
			t.Errorf("docs/OPERATING.md does not show bitcoim %s", v.name)
		}
	}
}

func TestWrongCommandLinesAreFound(t *testing.T) {
	page := "Run `bitcoim fly` or `bitcoim audit --moon`.\n```sh\nx && bitcoim db paint   # now\nbitcoim -config x.toml serve\n```\n"
	all := calls(page)
	if len(all) != 4 {
		t.Fatalf("got %q", all)
	}
	for i, want := range []bool{true, true, true, false} {
		if got := misused(all[i]) != ""; got != want {
			t.Errorf("%q: %q", all[i], misused(all[i]))
		}
	}
}
