// Package contrib_test holds the samples of this folder to their promises.
package contrib_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/config"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// An operator who takes every sample as it is gets parts that fit.
func TestSamplesFitTogether(t *testing.T) {
	domain := regexp.MustCompile(`(?m)^#domain = "(.*)"$`).FindStringSubmatch(config.Example())[1]
	_, port, _ := strings.Cut(config.Defaults().XMPP.Server, ":")
	for path, wants := range map[string][]string{
		"prosody/bitcoim.cfg.lua": {`Component "` + domain + `"`, "component_ports = { " + port + " }", "\n\tcomponent_conflict_resolve = \"kick_old\"", "\nnetwork_settings = { nagle = false }"},
		"ejabberd/bitcoim.yml":    {"\n      " + domain + ":\n", "\n    port: " + port + "\n", "\n    max_stanza_size: "},
		"bitcoin/bitcoin.conf":    {"wallet_name=" + config.Defaults().Bitcoind.Wallet + " ", "\nrpcauth=bitcoim:", "\nrpcwhitelistdefault=0\n"},
		"systemd/bitcoim.service": {"\nEnvironment=BITCOIM_CONFIG=/etc/bitcoim/bitcoim.toml\n", "\nStateDirectory=bitcoim\n", "\nLimitCORE=0\n"},
	} {
		for _, want := range wants {
			if !strings.Contains(read(t, path), want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
	if strings.Contains(strings.ReplaceAll(read(t, "ejabberd/bitcoim.yml"), "# domain_balancing", ""), "\ndomain_balancing:") {
		t.Error("ejabberd/bitcoim.yml balances, which loses stanzas")
	}
}

// Every variable that a unit sets is one that the gateway knows.
func TestUnitsNameKeys(t *testing.T) {
	for _, path := range []string{
		"systemd/bitcoim.service", "systemd/bitcoim.service.d/bitcoind.conf",
		"systemd/bitcoim.service.d/lnd.conf", "systemd/bitcoim.service.d/postgres.conf",
	} {
		for _, m := range regexp.MustCompile(`(?m)^Environment=(BITCOIM_\w+)`).FindAllStringSubmatch(read(t, path), -1) {
			_, err := config.Parse("", "", []string{m[1] + "=/nowhere"})
			if err != nil && strings.Contains(err.Error(), m[1]+": unknown key") {
				t.Errorf("%s: %s is no key", path, m[1])
			}
		}
	}
}

// bitcoind allows what package chain calls, no less and no more.
func TestWhitelistIsWhatIsCalled(t *testing.T) {
	files, err := filepath.Glob("../chain/bitcoind*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	called := map[string]bool{}
	for _, path := range files {
		for _, m := range regexp.MustCompile(`\.(?:ask|call)\(ctx, [^,]+, "(\w+)"`).FindAllStringSubmatch(read(t, path), -1) {
			called[m[1]] = true
		}
	}
	line := regexp.MustCompile(`(?m)^rpcwhitelist=bitcoim:(.*)$`).FindStringSubmatch(read(t, "bitcoin/bitcoin.conf"))
	allowed := map[string]bool{}
	for method := range strings.SplitSeq(line[1], ",") {
		allowed[method] = true
		if !called[method] {
			t.Errorf("%s is allowed but never called", method)
		}
	}
	for method := range called {
		if !allowed[method] {
			t.Errorf("%s is called but not allowed", method)
		}
	}
}

func TestUnitIsHardened(t *testing.T) {
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze here")
	}
	out, err := exec.CommandContext(t.Context(), tool, "security", "--offline=true", "--no-pager", "systemd/bitcoim.service").CombinedOutput()
	m := regexp.MustCompile(`Overall exposure level for bitcoim.service: ([0-9.]+)`).FindSubmatch(out)
	if m == nil {
		t.Fatalf("systemd-analyze: %v\n%s", err, out)
	}
	if exposure, err := strconv.ParseFloat(string(m[1]), 64); err != nil || exposure > 1.5 {
		t.Errorf("exposure is %s, want 1.5 at most\n%s", m[1], out)
	}
}
