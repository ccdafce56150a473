// Command bench measures bitcoim on this machine and prints one table. Every
// figure stands beside one of the same run that says what the machine can do
// at all: the two are measured in turns, so that whatever else the machine is
// busy with slows both. A target that is missed is printed as missed; only a
// measurement that could not be made is a failure.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"github.com/bitcoim/bitcoim/internal/bench/bare"
	"github.com/bitcoim/bitcoim/internal/bench/echo"
	"github.com/bitcoim/bitcoim/internal/bench/socket"
)

// measurement is one part of the table.
type measurement struct {
	name  string
	about string
	run   func(ctx context.Context, p plan) ([]row, error)
}

var measurements = []measurement{
	{"ledger", "transfers through the ledger, beside single-row inserts in the same engine", measureLedger},
	{"notices", "notices told many at once, beside one at a time, while others pay", measureNotices},
	{"payments", "payments at the desk, drafted, confirmed and told, beside single-row inserts in the same engine", measurePayments},
	{"growth", "what one user waits for, in books of several ages, beside the youngest", measureGrowth},
	{"wire", "stanzas through the wire's guard alone", measureWire},
	{"component", "stanzas through the component alone, beside an echo of mellium's mux", measureComponent},
	{"chat", "commands through real servers and a real gateway, beside the same echo", measureChat},
	{"lightning", "invoices made and paid in chat and at the web door, beside the same node driven directly", measureLightning},
	{"apps", "Moneysocket apps that come, pay and wait, beside the node driven directly and bare websockets", measureApps},
	{"bots", "commands over LIME, beside a JSON echo over the same websockets", measureBots},
	{"network", "transactions handed to three Bitcoin nodes, beside the RPC of one", measureNetwork},
	{"memory", "a gateway whose 10,000 users are all online", measureMemory},
}

// plan is how thoroughly to measure.
type plan struct {
	rounds int           // of beside and ours, in turns
	each   time.Duration // of one measurement in one round
	users  int           // of the ledger, and of the gateway whose memory is measured
	links  int           // of apps that do nothing
	idle   time.Duration // that they do nothing
	note   func(format string, args ...any)
}

func main() {
	if len(os.Args) == 5 && os.Args[1] == "echo" { // the component to compare with, a process of its own
		os.Exit(echo.Main(os.Args[2], os.Args[3], os.Args[4]))
	}
	if len(os.Args) == 4 && os.Args[1] == "bare" { // the same for the web door
		os.Exit(bare.Main(os.Args[2], os.Args[3]))
	}
	if len(os.Args) == 4 && os.Args[1] == "socket" { // the same for the doors for programs
		os.Exit(socket.Main(os.Args[2], os.Args[3]))
	}
	os.Exit(bench())
}

func bench() int {
	var names []string
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: bench [-only NAME] [-short] [-rounds N] [-each DURATION] [-profile FILE]")
		flag.PrintDefaults()
		for _, m := range measurements {
			fmt.Fprintf(flag.CommandLine.Output(), "  %-10s %s\n", m.name, m.about)
		}
	}
	for _, m := range measurements {
		names = append(names, m.name)
	}
	only := flag.String("only", "", "measure this only: "+strings.Join(names, ", "))
	short := flag.Bool("short", false, "measure for a short time, to see that it works")
	rounds := flag.Int("rounds", 5, "how often everything is measured")
	each := flag.Duration("each", 1500*time.Millisecond, "how long each measurement of a round takes")
	profile := flag.String("profile", "", "write a CPU profile of the benchmark's own process to this `file`")
	flag.Parse()

	chosen := measurements
	if *only != "" {
		if chosen = named(*only); chosen == nil {
			fmt.Fprintf(os.Stderr, "bench: there is no measurement %q, only %s\n", *only, strings.Join(names, ", "))
			return 2
		}
	}
	p := plan{rounds: max(*rounds, 1), each: *each, users: 10_000, links: 1000, idle: 4 * time.Minute, note: note}
	if *short {
		p.rounds, p.each, p.users, p.links, p.idle = 1, 500*time.Millisecond, 500, 200, time.Second
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			return 1
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			return 1
		}
		defer pprof.StopCPUProfile()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return report(ctx, chosen, p)
}

func named(name string) []measurement {
	for _, m := range measurements {
		if m.name == name {
			return []measurement{m}
		}
	}
	return nil
}

// report makes the measurements and prints the table, whatever failed.
func report(ctx context.Context, chosen []measurement, p plan) (code int) {
	var rows []row
	for _, m := range chosen {
		note("%s: %s", m.name, m.about)
		found, err := m.run(ctx, p)
		rows = append(rows, found...)
		if err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s: %v\n", m.name, err)
			rows = append(rows, row{what: m.name, verdict: "NOT MEASURED"})
			code = 1
		}
		if ctx.Err() != nil {
			break
		}
	}
	fmt.Println()
	for _, f := range machine(ctx) {
		fmt.Println(f)
	}
	fmt.Printf("rounds      %d of %s each, in turns; figures and ratios are medians\n\n", p.rounds, p.each)
	printTable(os.Stdout, rows)
	return code
}

// note says on standard error what is going on, so that the table stays alone.
func note(format string, args ...any) { fmt.Fprintf(os.Stderr, "... "+format+"\n", args...) }
