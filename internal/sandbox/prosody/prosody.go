// Package prosody runs a private Prosody on loopback, with one component.
package prosody

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"

	_ "embed"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver"
)

//go:embed prosody.cfg.lua
var text string

var config = template.Must(template.New("prosody.cfg.lua").Parse(text))

// Start runs Prosody in dir. The context bounds the start; the server runs
// until Stop. A second component connection replaces the first.
func Start(ctx context.Context, dir string, o xmppserver.Options) (*xmppserver.Server, error) {
	path, err := exec.LookPath("prosody")
	if err != nil {
		return nil, fmt.Errorf("%w: scripts/install-deps.sh installs it", err)
	}
	ports, err := port.Several(2)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	for _, folder := range []string{"data", "certs"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			return nil, err
		}
	}
	o = o.Filled()
	var filled strings.Builder
	err = config.Execute(&filled, map[string]any{"Dir": dir, "Options": o, "C2S": ports[0], "Component": ports[1]})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "prosody.cfg.lua")
	if err := os.WriteFile(file, []byte(filled.String()), 0o600); err != nil {
		return nil, err
	}
	server := &xmppserver.Server{Options: o, Kind: "prosody", C2S: port.Address(ports[0]), ComponentAddr: port.Address(ports[1]), GuestAddr: port.Address(ports[1])}
	return xmppserver.Start(ctx, server, child.Command{
		Path: path, Args: []string{"--config", file, "-F"}, Dir: dir, Log: filepath.Join(dir, "prosody.out"),
	})
}
