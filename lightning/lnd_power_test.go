package lightning_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnd"
)

// leastPower does everything with the macaroon of Permissions, and misses
// something without any one of them.
func leastPower(t *testing.T, net *regtest.Net) {
	l := net.Nodes[0]
	all := lightning.Permissions()
	if err := everything(t, l, net.Nodes[1], all); err != nil {
		t.Errorf("with all: %v", err)
	}
	for i, uri := range all {
		if err := everything(t, l, net.Nodes[1], slices.Delete(slices.Clone(all), i, i+1)); !errors.Is(err, lightning.ErrAuth) {
			t.Errorf("without %s: got %v, want that it is missed", uri, err)
		}
	}
}

func everything(t *testing.T, l, other *regtest.LND, uris []string) error {
	t.Helper()
	file, err := l.Bake(t.Context(), "some", uris...)
	if err != nil {
		t.Fatal(err)
	}
	node := open(t, l, lightning.Config{LND: lnd.Config{URL: "https://" + l.RESTAddr, CertFile: l.TLSCertPath, MacaroonFile: file}})
	ctx := t.Context()
	var errs []error
	did := func(err error) { errs = append(errs, err) }
	_, err = node.Info(ctx)
	did(err)
	ask := lightning.Ask{Preimage: lightning.Preimage(random()), Amount: 1000, Expiry: time.Hour}
	var inv lightning.Invoice
	for range 2 {
		inv, err = node.Invoice(ctx, ask)
		did(err)
	}
	if err == nil {
		did(peer(other).Pay(ctx, inv.Text, 0))
	}
	ask.Preimage = lightning.Preimage(random())
	open, err := node.Invoice(ctx, ask)
	did(err)
	if err == nil {
		did(node.Cancel(ctx, open.Hash))
	}
	p := bill(t, other, 1000)
	_, err = node.Decode(ctx, p.Invoice)
	did(err)
	_, err = node.Pay(ctx, p)
	did(err)
	_, err = node.Find(ctx, p.Hash)
	did(err)
	got := errors.New("got one")
	for _, after := range []uint64{0, 1} {
		if err := node.Settled(ctx, after, func(lightning.Receipt) error { return got }); !errors.Is(err, got) {
			did(err)
		}
		if after == 0 { // so that there is one more
			inv, err := peer(l).Invoice(ctx, 1000, "", time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if err := peer(other).Pay(ctx, inv, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, _, err = node.Received(ctx, 0, 10)
	did(err)
	_, _, err = node.Paid(ctx, 0, 10)
	did(err)
	_, err = node.Balance(ctx)
	did(err)
	return errors.Join(errs...)
}

func tooMuchPower(t *testing.T, net *regtest.Net) {
	l := net.Nodes[0]
	const wallet = "/walletrpc.WalletKit/FundPsbt"
	bakes := func(uris ...string) string {
		file, err := l.Bake(t.Context(), "power", uris...)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	all := lightning.Permissions()
	for _, tt := range []struct {
		name            string
		file            func() string
		missing, excess []string
	}{
		{"what is needed", func() string { return bakes(all...) }, nil, nil},
		{"and what the wallet needs", func() string { return bakes(append(all, wallet)...) }, nil, nil},
		{"one less", func() string { return bakes(all[1:]...) }, all[:1], nil},
		{"a call too many", func() string { return bakes(append(all, "/lnrpc.Lightning/SendCoins")...) }, nil, []string{"uri:/lnrpc.Lightning/SendCoins"}},
		{"an administrator's", func() string { return l.MacaroonPath }, nil, []string{
			"address:read", "address:write", "info:read", "info:write", "invoices:read", "invoices:write", "macaroon:generate",
			"macaroon:read", "macaroon:write", "message:read", "message:write", "offchain:read", "offchain:write", "onchain:read",
			"onchain:write", "peers:read", "peers:write", "signer:generate", "signer:read",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := lightning.Config{LND: lnd.Config{URL: "https://" + l.RESTAddr, CertFile: l.TLSCertPath, MacaroonFile: tt.file()}}
			missing, excess, err := open(t, l, cfg).(lightning.Powers).CheckPower(t.Context(), wallet)
			if err != nil || !slices.Equal(missing, tt.missing) || !slices.Equal(excess, tt.excess) {
				t.Errorf("got %q missing and %q in excess (%v)", missing, excess, err)
			}
		})
	}
}
