package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/config"
)

// problems are the errors of a configuration, without the name of the file.
func problems(t *testing.T, err error) []string {
	t.Helper()
	var all config.Errors
	if !errors.As(err, &all) {
		t.Fatalf("got %v, want config.Errors", err)
	}
	var said []string
	for _, p := range all {
		said = append(said, strings.TrimPrefix(p.String(), "f:"))
	}
	return said
}

func TestProblems(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		env  []string
		want []string
	}{
		"everything is said at once": {
			text: "[xmpp]\ndomain = \"b.example.org\"\nsecrt = \"x\"\n\n[chain]\npoll = \"soon\"\nnetwork = \"moon\"\n[fees]\n",
			want: []string{
				"3: xmpp.secrt: unknown key",
				`6: chain.poll: must be a duration such as "30s" or "10m"`,
				`7: chain.network: "moon" must be one of: mainnet, testnet4, signet, regtest`,
				"8: fees: unknown section",
				"xmpp.secret: is missing",
				`bitcoind.user: is missing: chain.backend is "bitcoind"`,
				`bitcoind.password: is missing: chain.backend is "bitcoind"`,
			},
		},
		"nothing is not enough": {
			want: []string{
				"xmpp.domain: is missing",
				"xmpp.secret: is missing",
				`bitcoind.user: is missing: chain.backend is "bitcoind"`,
				`bitcoind.password: is missing: chain.backend is "bitcoind"`,
			},
		},
		"the name of a file in place of a secret beacon": {
			text: least + "[lightning]\nbackend = \"moneysocket\"\nbeacon = \"/etc/bitcoim/beacon\"\n",
			want: []string{"10: lightning.beacon: is the name of a file and no beacon: write it as lightning.beacon_file"},
		},
		"what is not TOML is said with its line": {
			text: "[xmpp]\ndomain = \"a\"\ndomain = \"b\"\n",
			want: []string{"3: Key 'xmpp.domain' has already been defined."},
		},
		"a key after a long list has its own line": {
			text: least + "[log]\nlevel = \"info\"\n[xmpp2]\na = [\n  1,\n  2,\n]\n[limits]\nopen_orders = 0\n",
			want: []string{"10: xmpp2: unknown section", "16: limits.open_orders: must be between 1 and 1_000"},
		},
		"a table inside a key is an unknown key": {
			text: least + "[log.more]\nx = 1\n",
			want: []string{"8: log.more: unknown key"},
		},
		"a section in braces is read like any other": {
			text: "\naudit = { every = \"0s\" }\n" + least,
			want: []string{`2: audit.every: must be between 1s and 24h`},
		},
		"a section written twice over": {
			text: least + "[[log]]\nlevel = \"info\"\n",
			want: []string{"8: log: must be a section, written once as [log]"},
		},
		"an amount is whole": {
			text: least + "[limits]\nday_sat = 5.0\n",
			want: []string{"9: limits.day_sat: must be a whole number"},
		},
		"a dotted key has its line": {
			text: "log.level = \"loud\"\n" + least,
			want: []string{`1: log.level: "loud" must be one of: debug, info, warn, error`},
		},
		"a variable is named": {
			text: least,
			env:  []string{"BITCOIM_CHAIN_POLL=soon", "BITCOIM_CHAIN_POL=1s"},
			want: []string{
				`BITCOIM_CHAIN_POLL: must be a duration such as "30s" or "10m"`,
				"BITCOIM_CHAIN_POL: unknown key",
			},
		},
		"limits must make sense together": {
			text: least + "[limits]\npayment_sat = 10\nday_sat = 5\nfirst_day_sat = 7\n[chain]\nconfirmations = 9\n",
			want: []string{
				"10: limits.day_sat: is 5, less than limits.payment_sat, which is 10",
				"11: limits.first_day_sat: is 7, more than limits.day_sat, which is 5",
				"chain.min_payment_sat: is 546, more than limits.payment_sat, which is 10",
				"chain.confirmations_large: is 3, less than chain.confirmations, which is 9",
			},
		},
		"a password does not belong into a URL": {
			text: strings.Replace(least, "[bitcoind]", "[bitcoind]\nurl = \"http://a:b@127.0.0.1:8332\"", 1),
			want: []string{`6: bitcoind.url: "http://a:b@127.0.0.1:8332" is not http://host:port without user, password and path`},
		},
		"postgres needs to be found": {
			text: least + "[database]\ndriver = \"postgres\"\n",
			want: []string{`database.dsn: is missing: database.driver is "postgres"`},
		},
		"lnd needs its macaroon": {
			text: least + "[chain]\nbackend = \"lnd\"\n",
			want: []string{`lnd.macaroon_file: is missing: chain.backend is "lnd"`},
		},
		"a macaroon does not travel in the clear": {
			text: least + "[lnd]\nurl = \"http://192.0.2.1:8080\"\n",
			want: []string{`9: lnd.url: "http://192.0.2.1:8080" is not https://host:port without user, password and path`},
		},
		"closed means closed": {
			text: least + "[registration]\nmode = \"closed\"\ndomains = [\"example.org\"]\n",
			want: []string{`10: registration.domains: needs registration.mode = "domains"`},
		},
		"who is not served cannot register": {
			text: least + "[registration]\nmode = \"domains\"\ndomains = [\"Example.org\", \"far.example\"]\n",
			want: []string{`10: registration.domains: "far.example" is not among the domains that are served: example.org`},
		},
		"nor who is not served by a list": {
			text: strings.Replace(least, "secret =", "served_domains = [\"a.example\", \"b.example\"]\nsecret =", 1) +
				"[registration]\nmode = \"domains\"\ndomains = [\n  \"b.example\",\n  \"example.org\",\n  \"c.example\",\n]\n",
			want: []string{
				`11: registration.domains: "example.org" is not among the domains that are served: a.example, b.example`,
				`11: registration.domains: "c.example" is not among the domains that are served: a.example, b.example`,
			},
		},
		"a domain without a parent says whom it serves": {
			text: strings.Replace(least, "bitcoin.example.org", "localhost", 1),
			want: []string{`xmpp.served_domains: is missing: "localhost" has no parent domain`},
		},
		"secret and secret_file are one too many": {
			text: strings.Replace(least, "secret =", "secret_file = \"/nowhere\"\nsecret =", 1),
			want: []string{
				"4: xmpp.secret_file: give either this or xmpp.secret",
				"4: xmpp.secret_file: stat /nowhere: no such file or directory",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Parse("f", tt.text, tt.env)
			got := problems(t, err)
			for i := range got {
				got[i] = strings.TrimSpace(got[i])
			}
			if g, w := strings.Join(got, "\n"), strings.Join(tt.want, "\n"); g != w {
				t.Errorf("got\n%s\nwant\n%s", g, w)
			}
		})
	}
}

func TestNoFile(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "none.toml"), nil)
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want that it does not exist", err)
	}
}
