package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// usageConsume says what an app on the command line can be told.
const usageConsume = `wad                           show the wallet again
invoice AMOUNT [DESCRIPTION]  ask for an invoice; as in 2500 sat
watch BOLT11                  hear when an invoice of an earlier session is paid
pay BOLT11                    pay an invoice, if the wallet allows it
quit`

// consume is `bitcoim moneysocket consume`: a Moneysocket app on the command
// line. It does what the rest of its arguments say, or what it reads.
func consume(ctx context.Context, p *program, args []string, in io.Reader) error {
	f := flag.NewFlagSet("moneysocket consume", flag.ContinueOnError)
	f.SetOutput(p.err)
	patience := f.Duration("wait", time.Minute, "how long to wait for the wallet to appear")
	if err := f.Parse(args); err != nil || f.NArg() == 0 {
		return p.wrong("moneysocket")
	}
	b, err := moneysocket.ParseBeacon(f.Arg(0))
	if err != nil {
		return err
	}
	shown := &shared{w: p.out}
	app := &moneysocket.Consumer{
		Link: moneysocket.Outgoing(b, moneysocket.Dialer{}),
		OnInfo: func(i moneysocket.Info) {
			shown.printf("%s\n", whatItDoes(i))
		},
		OnReceived: func(x moneysocket.Payment) { shown.printf("received %s sat\n", sats(amount.Msat(x.Msats))) },
		OnInvoice:  func(bolt11 string) { shown.printf("another session's invoice: %s\n", oneLine(bolt11)) },
		OnError: func(no moneysocket.Refused) {
			shown.printf("the wallet says, of no request of ours: %s\n", oneLine(no.Text))
		},
		OnEvent: func(e moneysocket.Event) {
			if e.State == moneysocket.Lost && ctx.Err() == nil {
				fmt.Fprintf(p.err, "lost: %v; next attempt in %s\n", e.Err, e.Retry.Round(time.Second))
			} else if e.Hint != "" {
				fmt.Fprintln(p.err, "the other side is an app as well, not a wallet")
			}
		},
	}
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { _ = app.Run(ctx) })
	defer running.Wait()
	defer stop()
	waiting, enough := context.WithTimeout(ctx, *patience)
	defer enough()
	if _, err := app.Info(waiting); err != nil {
		return err
	}
	if f.NArg() > 1 {
		return obey(ctx, shown, app, f.Args()[1:])
	}
	shown.printf("%s\n", usageConsume)
	typed := lines(ctx, in)
	for {
		select {
		case line, more := <-typed:
			words := strings.Fields(line)
			if !more || len(words) > 0 && words[0] == "quit" {
				return nil
			}
			if len(words) == 0 {
				continue
			}
			if err := obey(ctx, shown, app, words); err != nil {
				fmt.Fprintln(p.err, oneLine(err.Error()))
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// lines hands over what is read. Reading a terminal cannot be broken off: its
// goroutine ends with the program.
func lines(ctx context.Context, in io.Reader) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for s := bufio.NewScanner(in); s.Scan(); {
			select {
			case out <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// obey does what one line says.
func obey(ctx context.Context, out *shared, app *moneysocket.Consumer, words []string) error {
	switch {
	case words[0] == "wad" && len(words) == 1:
		i, err := app.Info(ctx)
		if err != nil {
			return err
		}
		out.printf("%s, account %s\n", whatItDoes(i), i.Account)
	case words[0] == "invoice" && len(words) > 1:
		text, description := amount.Cut(strings.Join(words[1:], " "))
		m, err := amount.Parse(text, amount.InSat)
		if err != nil {
			return fmt.Errorf("%q is no amount; write it as in 2500 sat", text)
		}
		bolt11, err := app.Invoice(ctx, moneysocket.Msat(m), description)
		if err != nil {
			return err
		}
		out.printf("%s\n", bolt11)
	case words[0] == "pay" && len(words) == 2:
		proof, err := app.Prove(ctx, words[1])
		if err != nil {
			return err
		}
		cost := ""
		if fee, told := proof.Fee(); told {
			cost = ", fee " + sats(amount.Msat(fee)) + " sat"
		}
		out.printf("paid, preimage %s%s\n", proof.Preimage, cost)
	case words[0] == "watch" && len(words) == 2:
		if err := app.Watch(words[1]); err != nil {
			return err
		}
		out.printf("watched\n")
	default:
		out.printf("%s\n", usageConsume)
	}
	return nil
}

func whatItDoes(i moneysocket.Info) string {
	can := []string{}
	if i.Payer {
		can = append(can, "pays")
	}
	if i.Payee {
		can = append(can, "makes invoices")
	}
	if len(can) == 0 {
		can = append(can, "only looks on")
	}
	return fmt.Sprintf("wallet: %s, %s", i.Wad, strings.Join(can, ", "))
}

func sats(m amount.Msat) string { return amount.Format(m, amount.InSat, " ", ".") }

// shared is an output that several write to, a line at a time.
type shared struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *shared) printf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.w, format, args...)
}
