package component_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/internal/xep0114"
)

// back waits until the component has come back n times.
func (d *door) back(n int64) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for d.c.Stats().Connects < n || d.server.Send([]byte(" ")) != nil {
		if ctx.Err() != nil {
			d.t.Fatalf("it did not come back %d times", n)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestItComesBack(t *testing.T) {
	for name, condition := range map[string]string{
		"after a loss":                    "",
		"after a shutdown":                "system-shutdown",
		"after another took its place":    "conflict",
		"after an error nobody ever had":  "undefined-condition",
		"after a stanza it sent was bad":  "not-well-formed",
		"after the server was restarting": "reset",
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			for n := range int64(3) {
				d.back(n + 1)
				err := d.server.Drop(condition)
				if err != nil && !errors.Is(err, xep0114.ErrNobody) { // it is gone already
					t.Fatal(err)
				}
			}
			d.back(4)
			d.says(chat("m1", "help"))
			d.body(d.hears())
		})
	}
}

// Of two instances on a server that takes one only, the one put out waits.
func TestStandBy(t *testing.T) {
	alone := make(chan bool)
	d := open(t, func(cfg *component.Config, _ *desk) {
		cfg.Alone = func(ctx context.Context) bool {
			select {
			case yes := <-alone:
				return yes
			case <-ctx.Done():
				return false
			}
		}
	})
	alone <- false // it is not asked to greet
	if err := d.server.Drop("conflict"); err != nil && !errors.Is(err, xep0114.ErrNobody) {
		t.Fatal(err)
	}
	alone <- false
	alone <- false
	if n := d.c.Stats().Connects; n != 1 {
		t.Errorf("connected %d times while another serves", n)
	}
	alone <- true
	d.back(2)
	close(alone)
}

func TestAWrongSecretIsTriedAgain(t *testing.T) {
	var log logged
	d := openUnready(t, func(cfg *component.Config, _ *desk) { cfg.Secret = "wrong" }, &log)
	log.waitFor(t, "refuses the component's secret")
	log.waitFor(t, "refuses the component's secret")
	d.stop()
}

func TestItPingsItself(t *testing.T) {
	d := open(t, func(cfg *component.Config, _ *desk) { cfg.Timing.Ping = time.Millisecond })
	e := d.hears()
	if e.Value("from") != domain || e.Value("to") != domain || e.Value("type") != "get" || e.Child("urn:xmpp:ping", "ping") == nil {
		t.Errorf("heard %s", text(e))
	}
}

func TestSilenceIsDeath(t *testing.T) {
	d := open(t, func(cfg *component.Config, _ *desk) {
		cfg.Timing.Ping, cfg.Timing.Silence = time.Millisecond, 2*time.Millisecond
	})
	d.back(3)
}

func TestStoppingFinishesWork(t *testing.T) {
	begun, end := make(chan struct{}), make(chan struct{})
	d := open(t, func(_ *component.Config, k *desk) {
		k.ask = func(context.Context, command.Request) (command.Reply, error) {
			close(begun)
			<-end
			return command.Reply{Copy: []string{"done"}}, nil
		}
	})
	d.says(chat("m1", "pay 1 bob"))
	<-begun
	stopped := make(chan struct{})
	go func() { d.stop(); close(stopped) }()
	close(end)
	if got := d.body(d.hears()); got != "done" {
		t.Errorf("got %q", got)
	}
	<-stopped
}

// A server that spreads stanzas over several connections sends to this one
// until it has closed it.
func TestStoppingWaitsForTheServerToClose(t *testing.T) {
	d := open(t)
	d.hearsNothing()
	release := d.server.Hold()
	stopped := make(chan struct{})
	go func() { d.stop(); close(stopped) }()
	select {
	case <-stopped:
		t.Error("it did not wait")
	case <-time.After(100 * time.Millisecond):
	}
	release()
	<-stopped
}

// What the server sends before it has seen that we leave is refused, not lost: the
// stream stays open until the last ping is back. Another instance may get that
// ping, so it is said until one comes.
func TestTheLastPingComesBackBeforeTheEnd(t *testing.T) {
	d := open(t)
	d.hearsNothing()
	d.server.ShowLastPing()
	stopped := make(chan struct{})
	go func() { d.stop(); close(stopped) }()
	last := d.hears()
	id := last.Value("id")
	if !strings.HasPrefix(id, "leave-") || last.Value("to") != domain || last.Child("urn:xmpp:ping", "ping") == nil {
		t.Fatalf("heard %s", text(last))
	}
	for n, pings := 0, 0; n < 20 || pings == 0; n++ { // that one went astray
		late := fmt.Sprint("late", n)
		d.says(chat(late, "balance"))
		for last = d.hears(); last.Value("id") == id; last = d.hears() {
			pings++
		}
		if answer(last) != "error "+late+" wait recipient-unavailable" {
			t.Fatalf("heard %s", text(last))
		}
	}
	select {
	case <-stopped:
		t.Error("it did not wait")
	default:
	}
	d.says(`<iq type='result' from='` + domain + `' to='` + domain + `' id='` + id + `'/>`)
	<-stopped
}

func TestAFullLaneSaysSo(t *testing.T) {
	begun, end := make(chan struct{}), make(chan struct{})
	d := open(t, func(cfg *component.Config, k *desk) {
		cfg.Limits.Waiting = 2
		k.ask = func(_ context.Context, r command.Request) (command.Reply, error) {
			if r.Text == "slow" {
				close(begun)
			}
			<-end
			return command.Reply{Copy: []string{"done"}}, nil
		}
	})
	d.says(chat("m1", "slow"))
	<-begun
	d.says(chat("m2", "wait"), chat("m3", "too many"))
	if e := d.hears(); answer(e) != "error m3 wait resource-constraint" {
		t.Errorf("heard %s", text(e))
	}
	// Others have their own queues.
	d.says(strings.Replace(ping, "ann@", "bob@", 1))
	if e := d.hears(); e.Value("id") != "fence" {
		t.Errorf("heard %s", text(e))
	}
	close(end)
	d.body(d.hears())
	d.body(d.hears())
}

// A burst larger than all buffers between us and the server must not end in
// both waiting for each other.
func TestTheReaderNeverWaits(t *testing.T) {
	if testing.Short() {
		t.Skip("a burst of 20,000")
	}
	d := open(t, func(cfg *component.Config, _ *desk) { cfg.Limits.Burst = 1 << 30 })
	release := d.server.Hold()
	const n = 20_000
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for i := range n {
			d.says(strings.Replace(chat(fmt.Sprint("m", i), strings.Repeat("x", 500)), "ann@", fmt.Sprintf("u%d@", i%100), 1))
		}
	}()
	<-sent // the server could write everything though it reads nothing
	release()
	heard := 0
	for heard < n {
		if e := d.hears(); e.Name.Local == "message" {
			heard++
		}
	}
	s := d.c.Stats()
	t.Logf("%d heard, %d shed", heard, s.Shed)
}

func TestHostileStanzas(t *testing.T) {
	d := open(t, func(cfg *component.Config, _ *desk) { cfg.Limits.Burst = 1 << 30 })
	for _, bad := range xep0114.Hostile {
		if bad.Broken {
			continue // no server passes it on
		}
		d.says(bad.From("mallory@example.org/x", domain, "bad"), strings.Replace(ping, "ann@", "mallory@", 1))
		answers := 0
		for {
			e := d.hears()
			if e.Value("id") == "fence" {
				break
			}
			if answers++; answers > 2 {
				t.Errorf("%s: answered by %.500s", bad.Name, text(e))
			}
		}
	}
	if s := d.c.Stats(); s.Connects != 1 || s.Panics != 0 {
		t.Errorf("%+v", s)
	}
	for _, r := range d.desk.requests() {
		if strings.HasPrefix(r.Text, "pay") {
			t.Errorf("asked to %s", r.Text)
		}
	}
}
