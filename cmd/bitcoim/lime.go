package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
)

// limeVerb is `bitcoim lime`: a LIME client for people, of any server.
func limeVerb(ctx context.Context, p *program, args []string) error {
	var o limeOptions
	f := flag.NewFlagSet("lime", flag.ContinueOnError)
	f.SetOutput(p.err)
	o.flags(f)
	if len(args) == 0 || f.Parse(args[1:]) != nil {
		return p.wrong("lime")
	}
	rest := f.Args()
	switch {
	case args[0] == "send" && len(rest) > 0:
		return limeSend(ctx, p, o, strings.Join(rest, " "))
	case args[0] == "command" && (len(rest) == 2 || len(rest) == 4):
		return limeCommand(ctx, p, o, rest)
	case args[0] == "listen" && len(rest) == 0:
		return limeListen(ctx, p, o)
	}
	return p.wrong("lime")
}

// limeOptions say who speaks with which server.
type limeOptions struct {
	server, as, to, scheme, secret, issuer, ca string
	json                                       bool
	wait                                       time.Duration
}

func (o *limeOptions) flags(f *flag.FlagSet) {
	f.StringVar(&o.server, "server", "", "lime://domain, tcp://host:port, tls://host:port, ws://host/path or wss://host/path; the server of -as if it is not given")
	f.StringVar(&o.as, "as", "", "who speaks: name@domain, perhaps /instance")
	f.StringVar(&o.to, "to", "", "to whom; the server itself if it is not given")
	f.StringVar(&o.scheme, "scheme", string(lime.SchemeKey), "how to log in: key, plain, external or guest")
	f.StringVar(&o.secret, "secret", "", "file with the key, password or token, - for standard input; BITCOIM_LIME_SECRET holds it otherwise")
	f.StringVar(&o.issuer, "issuer", "", "who issued the token")
	f.StringVar(&o.ca, "ca", "", "file with the certificate of the authority to believe, in PEM")
	f.BoolVar(&o.json, "json", false, "print whole envelopes")
	f.DurationVar(&o.wait, "wait", 10*time.Second, "how long to wait for an answer")
}

// dialer is what the options say.
func (o limeOptions) dialer() (*limeclient.Dialer, error) {
	node, err := lime.ParseNode(o.as)
	if err != nil {
		return nil, err
	}
	d := &limeclient.Dialer{Node: node, Mux: limeclient.NewMux(), TLS: &tls.Config{MinVersion: tls.VersionTLS12}}
	if d.Authentication, err = o.authentication(); err != nil {
		return nil, err
	}
	if o.ca == "" {
		return d, nil
	}
	pem, err := os.ReadFile(o.ca)
	if err != nil {
		return nil, err
	}
	d.TLS.RootCAs = x509.NewCertPool()
	if !d.TLS.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", o.ca)
	}
	return d, nil
}

func (o limeOptions) authentication() (a lime.Authentication, err error) {
	a.Scheme = lime.Scheme(o.scheme)
	if a.Scheme == lime.SchemeGuest {
		return a, nil
	}
	if o.as == "" {
		return a, errors.New("say -as NAME@DOMAIN, or -scheme guest")
	}
	secret := os.Getenv("BITCOIM_LIME_SECRET")
	if o.secret != "" {
		if secret, err = readSecret(o.secret); err != nil {
			return a, err
		}
	}
	switch a.Scheme {
	case lime.SchemeKey:
		a.Key = secret
	case lime.SchemePlain:
		a.Password = secret
	case lime.SchemeExternal:
		a.Token, a.Issuer = secret, o.issuer
	default:
		return a, fmt.Errorf("there is no -scheme %s", o.scheme)
	}
	if secret == "" {
		return a, errors.New("say -secret FILE, or set BITCOIM_LIME_SECRET")
	}
	return a, nil
}

// readSecret reads a file of one line.
func readSecret(name string) (string, error) {
	var b []byte
	var err error
	if name == "-" {
		b, err = io.ReadAll(io.LimitReader(os.Stdin, 64<<10))
	} else {
		b, err = os.ReadFile(name)
	}
	return strings.TrimRight(string(b), "\r\n"), err
}

// open makes a session.
func (o limeOptions) open(ctx context.Context, d *limeclient.Dialer) (*limeclient.Channel, error) {
	server := o.server
	if server == "" {
		if d.Node.Domain == "" {
			return nil, errors.New("say -server, or -as with a domain")
		}
		server = "lime://" + d.Node.Domain
	}
	return d.Dial(ctx, server)
}

// limeCommand sends one command and prints its resource.
func limeCommand(ctx context.Context, p *program, o limeOptions, words []string) error {
	r := &lime.Command{Method: lime.Method(words[0]), URI: lime.URI(words[1])}
	var err error
	if r.To, err = lime.ParseNode(o.to); err != nil {
		return err
	}
	if !slices.Contains(lime.Methods, r.Method) || r.Method == lime.Observe {
		return fmt.Errorf("there is no method %s", words[0])
	}
	if len(words) == 4 {
		if r.Resource, err = limeDocument(words[2], words[3]); err != nil {
			return err
		}
	}
	d, err := o.dialer()
	if err != nil {
		return err
	}
	c, err := o.open(ctx, d)
	if err != nil {
		return err
	}
	defer limeFinish(ctx, c)
	ctx, cancel := context.WithTimeout(ctx, o.wait)
	defer cancel()
	got, err := c.Process(ctx, r)
	if got != nil && o.json {
		return errors.Join(p.envelope(got), err)
	}
	if err != nil || got.Resource == nil {
		return err
	}
	return p.document(got.Resource)
}
