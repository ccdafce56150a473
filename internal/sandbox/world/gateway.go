package world

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

// Gateway is one bitcoim of the world.
type Gateway struct {
	Log     string // path of its log
	config  string
	world   *World
	process *child.Process
}

func (w *World) startGateways(ctx context.Context) error {
	for i := range w.Options.Gateways {
		g, err := w.Another(nil)
		if err != nil {
			return err
		}
		if i == 0 {
			for _, verb := range [][]string{{"db", "upgrade"}, {"check"}} {
				if _, err := g.Run(ctx, verb...); err != nil {
					return err
				}
			}
		}
		if err := g.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Another adds a gateway that does not run yet. Settings are lines that
// differ from the others'.
func (w *World) Another(settings map[string]string) (*Gateway, error) {
	n := len(w.Gateways)
	g := &Gateway{world: w, Log: filepath.Join(w.Dir, fmt.Sprintf("bitcoim-%d.log", n)), config: filepath.Join(w.Dir, fmt.Sprintf("bitcoim-%d.toml", n))}
	own := map[string]string{}
	if w.Lightning {
		doors, err := w.doorSettings()
		if err != nil {
			return nil, err
		}
		maps.Copy(own, doors)
	}
	maps.Copy(own, w.Settings)
	maps.Copy(own, settings)
	if err := os.WriteFile(g.config, []byte(w.settings(own)), 0o600); err != nil {
		return nil, err
	}
	w.Gateways = append(w.Gateways, g)
	return g, nil
}

// settings is the configuration file of a gateway.
func (w *World) settings(own map[string]string) string {
	keys := map[string]string{
		"xmpp.domain": quote(w.XMPP.Component), "xmpp.server": quote(w.XMPP.ComponentAddr), "xmpp.secret": quote(w.XMPP.Secret),
		"xmpp.served_domains": "[" + quote(w.XMPP.Domain) + "]",
		"database.driver":     quote("sqlite"), "database.file": quote(filepath.Join(w.Dir, "bitcoim.db")),
		"chain.network": quote("regtest"), "chain.poll": quote("1s"), "chain.fallback_fee_rate": "2000",
		"chain.confirmations": "1", "chain.confirmations_huge": "3", "chain.huge_sat": "1000000000000", "chain.final_depth": "3",
	}
	if w.Database == "postgres" {
		keys["database.driver"], keys["database.dsn"] = quote("postgres"), quote(w.dsn)
		delete(keys, "database.file")
	}
	if w.LND != nil {
		keys["chain.backend"] = quote("lnd")
		maps.Copy(keys, w.nodeSettings(w.LND, w.LND.MacaroonPath))
	}
	if w.Core != nil {
		keys["chain.backend"] = quote("bitcoind")
		keys["bitcoind.url"], keys["bitcoind.wallet"] = quote("http://"+w.Core.RPC.Host), quote(regtest.Wallet)
		keys["bitcoind.user"], keys["bitcoind.password"] = quote(w.Core.RPC.User), quote(w.Core.RPC.Pass)
	}
	if w.Lightning {
		maps.Copy(keys, w.lightningSettings())
	}
	maps.Copy(keys, own)
	sections := map[string][]string{}
	for k, v := range keys {
		section, key, _ := strings.Cut(k, ".")
		sections[section] = append(sections[section], key+" = "+v)
	}
	var b strings.Builder
	for _, s := range slices.Sorted(maps.Keys(sections)) {
		slices.Sort(sections[s])
		fmt.Fprintf(&b, "[%s]\n%s\n\n", s, strings.Join(sections[s], "\n"))
	}
	return b.String()
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

// Run runs one verb of the program against this gateway's configuration and
// returns what it printed.
func (g *Gateway) Run(ctx context.Context, verb ...string) (string, error) {
	cmd := exec.CommandContext(ctx, g.world.program, append([]string{"-config", g.config}, verb...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("bitcoim %s: %w\n%s", strings.Join(verb, " "), err, out.String())
	}
	return out.String(), nil
}

// Start runs the gateway and waits until the server took it. Env are
// variables like "BITCOIM_CRASH_AT=order.stored".
func (g *Gateway) Start(ctx context.Context, env ...string) error {
	seen := int64(0)
	if s, err := os.Stat(g.Log); err == nil {
		seen = s.Size()
	}
	if err := g.Launch(env...); err != nil {
		return err
	}
	return g.process.Ready(ctx, func(context.Context) error {
		text, err := os.ReadFile(g.Log)
		if err != nil {
			return err
		}
		if !bytes.Contains(text[seen:], []byte("msg=connected")) {
			return fmt.Errorf("not connected yet")
		}
		return nil
	})
}

// Launch runs the gateway and does not wait for anything.
func (g *Gateway) Launch(env ...string) (err error) {
	g.process, err = child.Start(child.Command{Path: g.world.program, Args: []string{"-config", g.config, "serve"}, Env: env, Log: g.Log})
	return err
}

// Exited is closed when the gateway has ended.
func (g *Gateway) Exited() <-chan struct{} { return g.process.Exited() }

// Err waits for the end of the gateway and says how it ended: nil when it was
// satisfied.
func (g *Gateway) Err() error { return g.process.Err() }

// Kill ends the gateway as kill -9 does.
func (g *Gateway) Kill() error { return g.process.Kill() }

// Stop ends the gateway as an operator does.
func (g *Gateway) Stop() error {
	if g.process == nil {
		return nil
	}
	select {
	case <-g.process.Exited():
		return nil
	default:
		return g.process.Stop(syscall.SIGTERM)
	}
}

// PID is the process id.
func (g *Gateway) PID() int { return g.process.PID() }
