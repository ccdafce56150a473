package lnurl_test

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/bolt11"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lnurl"
)

func carol(t *testing.T) lnurl.Target {
	t.Helper()
	target, err := lnurl.Parse("carol@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestPayingSomebodyHonest(t *testing.T) {
	s := start(t)
	s.answers(say(honest), say(paid))
	offer, err := s.Offer(t.Context(), carol(t))
	if err != nil {
		t.Fatal(err)
	}
	if offer.Min != amount.Sat || offer.Max != 5000*amount.Sat || offer.Comment != 20 || offer.Host != "example.com" ||
		offer.Address != "carol@example.com" || offer.Metadata.Plain != "Coffee" || offer.Metadata.Identifier != "carol@example.com" {
		t.Errorf("the offer is %+v", offer)
	}
	quote, err := s.Quote(t.Context(), lnurl.Request{Offer: offer, Amount: 2000 * amount.Sat, Comment: "for you & me + ☕"})
	if err != nil || quote.Invoice != invoice || quote.Success != nil {
		t.Fatalf("got %+v, %v", quote, err)
	}
	want := []string{"/.well-known/lnurlp/carol", "/cb?id=7&amount=2000000&comment=for%20you%20%26%20me%20%2B%20%E2%98%95"}
	if got := s.requests(); !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}
	hash := sha256.Sum256([]byte(metadata))
	facts := lnurl.Facts{Amount: 2000 * amount.Sat, DescriptionHash: hash[:], Expires: time.Unix(2000, 0)}
	if err := lnurl.Check(quote, address.Regtest, facts, time.Unix(1000, 0)); err != nil {
		t.Errorf("the invoice is good, and got %v", err)
	}
}

// The invoice is what our node says it is.
func TestCheck(t *testing.T) {
	good := lnurl.Quote{Invoice: invoice, Request: lnurl.Request{Amount: 2000 * amount.Sat}}
	var err error
	if good.Request.Offer.Metadata, err = lnurl.ParseMetadata(metadata); err != nil {
		t.Fatal(err)
	}
	hash, other := sha256.Sum256([]byte(metadata)), sha256.Sum256([]byte(metadata+" "))
	facts := lnurl.Facts{Amount: 2000 * amount.Sat, DescriptionHash: hash[:], Expires: time.Unix(2000, 0)}
	for name, tt := range map[string]struct {
		change func(q *lnurl.Quote, f *lnurl.Facts, n *address.Network)
		want   string
	}{
		"as it should be": {func(*lnurl.Quote, *lnurl.Facts, *address.Network) {}, ""},
		"one msat more":   {func(_ *lnurl.Quote, f *lnurl.Facts, _ *address.Network) { f.Amount++ }, "lnurl.wrong-amount"},
		"one msat less":   {func(_ *lnurl.Quote, f *lnurl.Facts, _ *address.Network) { f.Amount-- }, "lnurl.wrong-amount"},
		"an open amount":  {func(_ *lnurl.Quote, f *lnurl.Facts, _ *address.Network) { f.Amount = 0 }, "lnurl.wrong-amount"},
		"open, and we asked for none": {func(q *lnurl.Quote, f *lnurl.Facts, _ *address.Network) { q.Request.Amount, f.Amount = 0, 0 },
			"lnurl.wrong-amount"},
		"another hash":  {func(_ *lnurl.Quote, f *lnurl.Facts, _ *address.Network) { f.DescriptionHash = other[:] }, "lnurl.wrong-hash"},
		"no hash":       {func(_ *lnurl.Quote, f *lnurl.Facts, _ *address.Network) { f.DescriptionHash = nil }, "lnurl.wrong-hash"},
		"half a hash":   {func(_ *lnurl.Quote, f *lnurl.Facts, _ *address.Network) { f.DescriptionHash = hash[:16] }, "lnurl.wrong-hash"},
		"mainnet":       {func(_ *lnurl.Quote, _ *lnurl.Facts, n *address.Network) { *n = address.Mainnet }, "lnurl.wrong-network"},
		"no network":    {func(_ *lnurl.Quote, _ *lnurl.Facts, n *address.Network) { *n = "" }, "lnurl.wrong-network"},
		"of mainnet":    {func(q *lnurl.Quote, _ *lnurl.Facts, _ *address.Network) { q.Invoice = "lnbc20u1pjq" }, "lnurl.wrong-network"},
		"of signet":     {func(q *lnurl.Quote, _ *lnurl.Facts, _ *address.Network) { q.Invoice = "lntbs20u1pjq" }, "lnurl.wrong-network"},
		"it is past it": {func(_ *lnurl.Quote, f *lnurl.Facts, _ *address.Network) { f.Expires = time.Unix(1000, 0) }, "lnurl.expired"},
	} {
		t.Run(name, func(t *testing.T) {
			q, f, n := good, facts, address.Regtest
			tt.change(&q, &f, &n)
			err := lnurl.Check(q, n, f, time.Unix(1000, 0))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || fault.Of(err).Phrase != tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// Of each network it can be said whether an invoice is of it.
func TestNetworksHaveInvoices(t *testing.T) {
	for _, n := range address.Networks {
		if bolt11.Prefix(string(n)) == "" {
			t.Errorf("%s has no invoices", n)
		}
	}
}

func TestARequestIsWithinTheOffer(t *testing.T) {
	offer, err := lnurl.ParseOffer([]byte(honest), carol(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		m       amount.Msat
		comment string
		want    string
	}{
		"the least":                 {1000, "", ""},
		"the most":                  {5000000, "", ""},
		"less than the least":       {999, "", "lnurl.range"},
		"more than the most":        {5000001, "", "lnurl.range"},
		"nothing":                   {0, "", "lnurl.range"},
		"less than nothing":         {-1000, "", "lnurl.range"},
		"a note as long as allowed": {1000, strings.Repeat("é", 20), ""},
		"a longer note":             {1000, strings.Repeat("é", 21), "lnurl.comment"},
		"a note that is no text":    {1000, "\xff", "lnurl.comment"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := lnurl.Request{Offer: offer, Amount: tt.m, Comment: tt.comment}.URL()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || fault.Of(err).Phrase != tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	s := start(t)
	for text, want := range map[string]string{
		"lnurlp://127.0.0.1/p":         "lnurl.forbidden",
		"lnurlp://169.254.169.254/p":   "lnurl.forbidden",
		"lnurlp://[::ffff:10.0.0.1]/p": "lnurl.forbidden",
		"lnurlp://localhost/p":         "lnurl.forbidden",
	} {
		target, err := lnurl.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Offer(t.Context(), target); err == nil || fault.Of(err).Phrase != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	offer, err := lnurl.ParseOffer([]byte(with("https://example.com/cb?id=7", "https://10.0.0.1/cb")), carol(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Quote(t.Context(), lnurl.Request{Offer: offer, Amount: 2000}); err == nil || fault.Of(err).Phrase != "lnurl.forbidden" {
		t.Errorf("a callback in our network: got %v", err)
	}
}
