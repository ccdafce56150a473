// Package ejabberd runs a private ejabberd on loopback, with one component.
package ejabberd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"

	_ "embed"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver"
)

//go:embed ejabberd.yml
var text string

var config = template.Must(template.New("ejabberd.yml").Parse(text))

// Start runs ejabberd in dir. The context bounds the start; the server runs
// until Stop. Several connections of the component share its stanzas.
func Start(ctx context.Context, dir string, o xmppserver.Options) (*xmppserver.Server, error) {
	erl, libs, err := installed()
	if err != nil {
		return nil, err
	}
	ports, err := port.Several(4)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	spool := filepath.Join(dir, "spool")
	if err := os.MkdirAll(spool, 0o755); err != nil {
		return nil, err
	}
	o = o.Filled()
	var filled strings.Builder
	if err := config.Execute(&filled, map[string]any{"Options": o, "C2S": ports[0], "Component": ports[1], "Guest": ports[3]}); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "ejabberd.yml")
	if err := os.WriteFile(file, []byte(filled.String()), 0o600); err != nil {
		return nil, err
	}
	server := &xmppserver.Server{Options: o, Kind: "ejabberd", C2S: port.Address(ports[0]), ComponentAddr: port.Address(ports[1]), GuestAddr: port.Address(ports[3])}
	return xmppserver.Start(ctx, server, child.Command{
		Path: erl, Dir: spool, Log: filepath.Join(dir, "ejabberd.out"),
		// ejabberdctl insists on its own user and on epmd, so the Erlang
		// node is started without it. A cookie of its own keeps it alone. Its
		// encoder of XML recurses: on the usual stack one stanza of 4,000
		// levels from any user ends the server (version 23.01), hence +sss.
		Args: []string{
			"-sname", "ejabberd@localhost", "-setcookie", rand.Text(), "-start_epmd", "false", "-erl_epmd_port", strconv.Itoa(ports[2]),
			"-kernel", "inet_dist_use_interface", "{127,0,0,1}", "-mnesia", "dir", strconv.Quote(spool), "+K", "true", "+sss", "8192", "-noinput", "-s", "ejabberd",
		},
		Env: []string{
			"HOME=" + dir, "EJABBERD_CONFIG_PATH=" + file, "EJABBERD_LOG_PATH=" + filepath.Join(dir, "ejabberd.log"),
			"EJABBERD_PID_PATH=" + filepath.Join(dir, "ejabberd.pid"), "ERL_CRASH_DUMP=" + filepath.Join(dir, "erl_crash.dump"), "ERL_LIBS=" + libs,
		},
	})
}

// installed finds Erlang and the folder with ejabberd's libraries.
func installed() (erl, libs string, err error) {
	if erl, err = exec.LookPath("erl"); err != nil {
		return "", "", fmt.Errorf("%w: scripts/install-deps.sh installs it", err)
	}
	found, err := filepath.Glob("/usr/lib/*/ejabberd-*/ebin")
	if err == nil && len(found) == 0 {
		err = errors.New("ejabberd is not installed: scripts/install-deps.sh installs it")
	}
	if err != nil {
		return "", "", err
	}
	return erl, filepath.Dir(filepath.Dir(found[0])), nil
}
