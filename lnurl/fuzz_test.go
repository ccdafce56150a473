package lnurl_test

import (
	"crypto/sha256"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lnurl"
)

func FuzzOffer(f *testing.F) {
	f.Add([]byte(honest))
	f.Add([]byte(`{"status":"ERROR","reason":"no"}`))
	f.Add([]byte(with(`"tag"`, `"payerData":{"name":{"mandatory":true}},"tag"`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := lnurl.ParseOffer(body, lnurl.Target{Host: "example.com"})
		if err != nil {
			if !strings.HasPrefix(fault.Of(err).Phrase, "lnurl.") {
				t.Fatal(err)
			}
			return
		}
		if o.Min < 1 || o.Max < o.Min || o.Max > amount.Max || o.Comment < 0 || !utf8.ValidString(o.Metadata.Plain) {
			t.Fatalf("%q became %+v", body, o)
		}
		if o.Metadata.Hash() != sha256.Sum256([]byte(o.Metadata.String())) {
			t.Fatal("another hash")
		}
		link, err := lnurl.Request{Offer: o, Amount: o.Min}.URL()
		if err != nil || !strings.HasPrefix(link, "https://") || strings.Count(link, "amount=") < 1 {
			t.Fatalf("%q: asks %q, %v", body, link, err)
		}
		// What we would offer ourselves, we understand as the same.
		out, err := o.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := lnurl.ParseOffer(out, lnurl.Target{Host: "example.com"}); err != nil || again != o {
			t.Fatalf("%q became %q, and that %+v, %v", body, out, again, err)
		}
	})
}

func FuzzQuote(f *testing.F) {
	f.Add([]byte(paid))
	f.Add([]byte(`{"pr":"lnbcrt1p","successAction":{"tag":"url","url":"https://example.com/","description":"x"}}`))
	f.Add([]byte(`{"pr":"lnbcrt1p","successAction":` + seal([32]byte{1}, "pin") + `}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		q, err := lnurl.ParseQuote(body, lnurl.Request{Offer: lnurl.Offer{Host: "example.com", Callback: "https://example.com/cb"}})
		if err != nil {
			if !strings.HasPrefix(fault.Of(err).Phrase, "lnurl.") {
				t.Fatal(err)
			}
			return
		}
		if q.Success != nil {
			if q.Success.URL != "" && !strings.HasPrefix(strings.ToLower(q.Success.URL), "https://example.com") {
				t.Fatalf("%q leads to %s", body, q.Success.URL)
			}
			_, _ = q.Success.Open([32]byte{1})
		}
	})
}

func FuzzMetadata(f *testing.F) {
	f.Add("Coffee", "carol@example.com", "")
	f.Add("\"<b>&\u2028", "x", "two\nlines")
	f.Fuzz(func(t *testing.T, plain, identifier, long string) {
		m, err := lnurl.NewMetadata(plain, identifier, long)
		if err != nil {
			t.Fatal(err)
		}
		again, err := lnurl.ParseMetadata(m.String())
		if err != nil || again != m || again.Hash() != m.Hash() {
			t.Fatalf("got %+v, %v, want %+v", again, err, m)
		}
		_, _ = lnurl.ParseMetadata(plain)
	})
}
