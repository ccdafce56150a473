package config_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/config"
)

// least is the shortest configuration that is enough.
const least = `
[xmpp]
domain = "bitcoin.example.org"
secret = "swordfish"
[bitcoind]
user = "bitcoim"
password = "swordfish"
`

func TestLeastIsEnough(t *testing.T) {
	got, err := config.Parse("bitcoim.toml", least, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Defaults()
	want.XMPP.Domain = "bitcoin.example.org"
	want.XMPP.Secret = config.NewSecret("swordfish")
	want.XMPP.ServedDomains = []string{"example.org"}
	want.Bitcoind.User = "bitcoim"
	want.Bitcoind.Password = config.NewSecret("swordfish")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestValues(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		env  []string
		got  func(config.Config) any
		want any
	}{
		"a duration is read": {
			file: "[chain]\npoll = \"1m30s\"", want: 90 * time.Second,
			got: func(c config.Config) any { return c.Chain.Poll },
		},
		"an amount may have underscores": {
			file: "[limits]\nday_sat = 2_000_000", want: int64(2_000_000),
			got: func(c config.Config) any { return c.Limits.DaySat },
		},
		"the environment beats the file": {
			file: "[chain]\npoll = \"1m\"", env: []string{"BITCOIM_CHAIN_POLL=7s"}, want: 7 * time.Second,
			got: func(c config.Config) any { return c.Chain.Poll },
		},
		"the environment says lists with commas": {
			env: []string{"BITCOIM_XMPP_ADMINS=ann@example.org, Bob@Example.org"},
			got: func(c config.Config) any { return c.XMPP.Admins }, want: []string{"ann@example.org", "bob@example.org"},
		},
		"the environment says amounts": {
			env: []string{"BITCOIM_LIMITS_PAYMENT_SAT=1_000"},
			got: func(c config.Config) any { return c.Limits.PaymentSat }, want: int64(1000),
		},
		"the environment says yes and no": {
			env: []string{"BITCOIM_XMPP_OPEN_TO_ALL=true"},
			got: func(c config.Config) any { return c.XMPP.OpenToAll }, want: true,
		},
		"a secret of the environment beats the file": {
			env: []string{"BITCOIM_XMPP_SECRET=tuna"},
			got: func(c config.Config) any { return c.XMPP.Secret.Reveal() }, want: "tuna",
		},
		"variables of others are left alone": {
			env: []string{"BITCOIM_CONFIG=x", "LNDIR=y", "nonsense"},
			got: func(c config.Config) any { return c.Log.Level }, want: "info",
		},
		"served domains are those named": {
			env: []string{"BITCOIM_XMPP_SERVED_DOMAINS=example.net"},
			got: func(c config.Config) any { return c.XMPP.ServedDomains }, want: []string{"example.net"},
		},
		"open to all serves no domain in particular": {
			env: []string{"BITCOIM_XMPP_OPEN_TO_ALL=true"},
			got: func(c config.Config) any { return c.XMPP.ServedDomains }, want: []string(nil),
		},
		"a domain is lower case": {
			env:  []string{"BITCOIM_XMPP_DOMAIN=Bitcoin.Example.ORG"},
			got:  func(c config.Config) any { return c.XMPP.Domain + " " + c.XMPP.ServedDomains[0] },
			want: "bitcoin.example.org example.org",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.Parse("bitcoim.toml", least+tt.file, tt.env)
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.got(c); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
