// Command demo starts a private sandbox on loopback and opens a chat in it.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/world"
)

func main() {
	server := flag.String("server", "prosody", "XMPP server: prosody or ejabberd")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *server, os.Stdin, os.Stdout)
	stop()
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// run brings the sandbox up, lets a person talk in it, and takes it down.
func run(ctx context.Context, server string, in io.Reader, out io.Writer) (err error) {
	start, cancel := context.WithTimeout(ctx, 30*time.Minute) // the first time, nodes are built
	defer cancel()
	w, err := world.Start(start, world.Options{Server: server, Database: "sqlite", Lightning: true, Progress: out,
		Settings: map[string]string{"xmpp.name": `"Bitcoin wallet (demo)"`, "limits.first_day_sat": "500000"}})
	if err != nil {
		return err
	}
	defer func() {
		fmt.Fprintln(out, "... taking the sandbox down")
		err = errors.Join(err, w.Stop())
	}()
	s := &session{world: w, out: out}
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	s.explain()
	lines := make(chan string)
	go func() { // ends with the process: a read from a terminal cannot be called off
		defer close(lines)
		for scan := bufio.NewScanner(in); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	return s.talk(ctx, lines)
}
