package main

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// errUsage says that the command line made no sense, which was said already.
var errUsage = errors.New("usage")

// helps are the words by which somebody asks for help.
var helps = []string{"-h", "-help", "--help"}

// helped is no error of who asked how a verb is used, and read it.
func helped(args []string, err error) error {
	asked := len(args) > 0 && args[0] == "help" || slices.ContainsFunc(args, func(s string) bool { return slices.Contains(helps, s) })
	if errors.Is(err, errUsage) && asked {
		return nil
	}
	return err
}

// part is what the word behind a verb asks for, as suspend in `bitcoim user suspend`.
type part struct{ name, args, does string }

// parts are those of the verbs that have some.
var parts = map[string][]part{"db": dbParts, "user": userParts, "order": orderParts}

// joined is how a verb is used that has parts, on one line.
func joined(parts []part) string {
	var all []string
	for _, s := range parts {
		all = append(all, strings.TrimSpace(s.name+" "+s.args))
	}
	return strings.Join(all, "|")
}

// wrong prints how a verb is used, or one part of it.
func (p *program) wrong(name string, of ...string) error {
	for _, s := range parts[name] {
		if len(of) == 0 || slices.Contains(of, s.name) {
			fmt.Fprintf(p.err, "usage: bitcoim %s %s\n         %s\n", name, strings.TrimSpace(s.name+" "+s.args), s.does)
		}
	}
	for _, v := range verbs() {
		if v.name == name && parts[name] == nil {
			fmt.Fprintf(p.err, "usage: bitcoim %s\n         %s\n", strings.TrimSpace(v.name+" "+v.args), v.does)
		}
	}
	return errUsage
}

// flags are those of a verb, or of one part of it. Who says another one, or -h, reads
// how that is used, and nothing else.
func (p *program) flags(name string, of ...string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(p.err)
	f.Usage = func() {
		_ = p.wrong(name, of...)
		f.PrintDefaults()
	}
	return f
}

// part is the part of a verb that was asked for. Who asks for none, or for help, reads
// how all of them are used.
func (p *program) part(name string, args []string) (part, []string, error) {
	if len(args) == 0 {
		return part{}, nil, p.wrong(name)
	}
	for _, s := range parts[name] {
		if s.name == args[0] {
			return s, args[1:], nil
		}
	}
	if args[0] != "help" && !slices.Contains(helps, args[0]) {
		fmt.Fprintf(p.err, "bitcoim %s: what is %q?\n", name, args[0])
	}
	return part{}, nil, p.wrong(name)
}

// optional is what stands between brackets in a line of usage.
var optional = regexp.MustCompile(`\[[^]]*\]`)

// words reads the flags of a part and then as many words as it has; the last may be
// several if it says so. It is asked before anything is opened.
func (p *program) words(name string, of part, f *flag.FlagSet, args []string, several bool) error {
	if f.Parse(args) != nil {
		return errUsage // which f has said
	}
	return p.enough(name, of, f, f.Args(), several)
}

func (p *program) enough(name string, of part, f *flag.FlagSet, said []string, several bool) error {
	want := strings.Fields(optional.ReplaceAllString(of.args, ""))
	switch {
	case len(said) < len(want):
		fmt.Fprintf(p.err, "bitcoim %s %s: %s is missing\n", name, of.name, want[len(said)])
	case len(said) > len(want) && !several:
		fmt.Fprintf(p.err, "bitcoim %s %s: what is %q?\n", name, of.name, said[len(want)])
	default:
		return nil
	}
	f.Usage()
	return errUsage
}
