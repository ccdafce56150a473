// Command bitcoim is a bitcoin wallet for everyone on an XMPP server: one
// daemon between the server's component port, a Bitcoin node and a database.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/bitcoim/bitcoim/config"
)

// version is set by the build: -ldflags "-X main.version=1.2.3".
var version = "0.1.0-dev"

// verb is a subcommand of the program.
type verb struct {
	name, args, does string
	run              func(ctx context.Context, p *program, args []string) error
}

// program is what every verb works with.
type program struct {
	config string // path of the configuration file
	out    io.Writer
	err    io.Writer
}

func verbs() []verb {
	return []verb{
		{"serve", "", "run the gateway", serve},
		{"check", "", "check the configuration and dial everything in it", check},
		{"db", joined(dbParts), "look after the database", database},
		{"audit", "[-world] [-json]|-declare REF -reason TEXT [-ahead]", "prove that the books are right, or say what something was that they do not know", auditBooks},
		{"user", joined(userParts), "look after users", userVerb},
		{"order", joined(orderParts), "look after payments that do not end by themselves", orderVerb},
		{"zone", "[-domain DOMAIN] [-ttl TIME]", "print the DNS records that make usernames payable (BIP 353)", zoneVerb},
		{"backup", "FILE", "copy an SQLite database while it is in use", backup},
		{"config", "-example", "print a configuration file with every key", example},
		{"p2p", "send|watch|peers|get|getaddr|version [FLAGS] ...", "speak with the Bitcoin network, which needs no configuration", abroad(p2pVerb)},
		{"lime", "send|command|listen [-server URL] [-as NODE] [-to NODE] [-scheme NAME] [-secret FILE] [-issuer NAME] [-ca FILE] [-wait TIME] [-json] ...", "speak LIME with any server, which needs no configuration", abroad(limeVerb)},
		{"moneysocket", "relay [-listen ADDRESS] [-cert FILE -key FILE]|consume BEACON|beacon encode|decode TEXT|receipts JOURNAL FILE", "tools for Moneysocket, which need no configuration", abroad(moneysocketVerb)},
		{"version", "", "print the version", func(_ context.Context, p *program, _ []string) error {
			_, err := fmt.Fprintln(p.out, "bitcoim", version)
			return err
		}},
	}
}

// wrongConfig is the exit status EX_CONFIG: starting again does not help.
const wrongConfig = 78

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bitcoim:", harmless(err.Error())) // servers and peers have a word in it
		if _, wrong := errors.AsType[config.Errors](err); wrong {
			os.Exit(wrongConfig)
		}
		if c, ok := errors.AsType[coded](err); ok {
			os.Exit(c.code)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, errs io.Writer) error {
	p := &program{out: out, err: errs}
	path := os.Getenv("BITCOIM_CONFIG")
	if path == "" {
		path = "/etc/bitcoim/bitcoim.toml"
	}
	f := flag.NewFlagSet("bitcoim", flag.ContinueOnError)
	f.SetOutput(errs)
	f.StringVar(&p.config, "config", path, "configuration file")
	f.Usage = func() { usage(errs) }
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return errUsage
	}
	for _, v := range verbs() {
		if v.name == f.Arg(0) {
			return helped(f.Args()[1:], v.run(ctx, p, f.Args()[1:]))
		}
	}
	name := f.Arg(0)
	if name == "help" {
		usage(errs)
		return nil
	}
	if name != "" {
		fmt.Fprintf(errs, "bitcoim: what is %q?\n", name)
	}
	usage(errs)
	return errUsage
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: bitcoim [-config FILE] COMMAND")
	for _, v := range verbs() {
		fmt.Fprintf(w, "  %-8s %-70s %s\n", v.name, v.args, v.does)
	}
	fmt.Fprintln(w, "of db, user and order, help says more: bitcoim order help")
}

// load reads the configuration; its errors are all the errors there are.
func (p *program) load() (config.Config, error) {
	c, err := config.Load(p.config, os.Environ())
	if errors.Is(err, fs.ErrNotExist) {
		err = coded{wrongConfig, fmt.Errorf("%w; bitcoim config -example prints one", err)}
	}
	return c, err
}
