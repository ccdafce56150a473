package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/web"
	"github.com/bitcoim/bitcoim/internal/sandbox/browser"
	"github.com/bitcoim/bitcoim/internal/sandbox/browser/browsertest"
)

// look keeps a picture of the whole page for people to look at:
// go test ./web -run Browser -artifacts
func look(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	shot, err := p.Screenshot(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.ArtifactDir(), name+".png")
	if err := os.WriteFile(file, shot, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Log(file)
}

// layout is what a page looks like to a ruler.
type layout struct {
	Width, Scroll, QR, Button, Text int
	Dark                            bool
}

const measure = `(() => {
	const px = (selector) => Math.round(document.querySelector(selector).getBoundingClientRect()[selector == ".button" ? "height" : "width"]);
	return {
		Width: innerWidth, Scroll: document.documentElement.scrollWidth, QR: px(".qr svg"), Button: px(".button"),
		Text: Math.min(...[...document.querySelectorAll("main *")].filter(e => e.innerText && !e.closest("svg")).map(e => parseInt(getComputedStyle(e).fontSize))),
		Dark: matchMedia("(prefers-color-scheme: dark)").matches,
	};
})()`

// fits fails if something is cut off, or too small for an eye, a finger or a
// camera.
func fits(t *testing.T, p *browser.Page, dark bool) {
	t.Helper()
	var l layout
	if err := p.Eval(t.Context(), measure, &l); err != nil {
		t.Fatal(err)
	}
	if l.Scroll > l.Width || l.QR < 240 || l.Button < 44 || l.Text < 12 || l.Dark != dark {
		t.Errorf("the layout is %+v", l)
	}
}

// A person with a phone pays alice, with and without JavaScript, by day and
// by night, in two languages.
func TestBrowser(t *testing.T) {
	b := browsertest.Start(t)
	for name, tt := range map[string]struct {
		device browser.Device
		words  []string // of the page, of a form that is wrong, and of the invoice
	}{
		"without JavaScript": {browser.Device{NoScript: true}, []string{"Pay alice", "is not an amount", "The invoice, to copy"}},
		"with JavaScript":    {browser.Device{}, []string{"Pay alice", "is not an amount", "The invoice, to copy"}},
		"at night in French": {browser.Device{NoScript: true, Dark: true, Language: "fr"}, []string{"Payer alice", "n'est pas un montant", "La facture, à copier"}},
		"a narrow phone":     {browser.Device{NoScript: true, Width: 320, Height: 568}, []string{"Pay alice", "is not an amount", "The invoice, to copy"}},
		"a desk":             {browser.Device{Width: 1280, Height: 800}, []string{"Pay alice", "is not an amount", "The invoice, to copy"}},
	} {
		t.Run(name, func(t *testing.T) { visit(t, b, tt.device, tt.words) })
	}
}

func visit(t *testing.T, b *browser.Browser, device browser.Device, words []string) {
	h := open(t, nil)
	ctx := t.Context()
	p, err := b.Page(ctx, device)
	if err != nil {
		t.Fatal(err)
	}
	step := func(name, want string) {
		t.Helper()
		look(t, p, name)
		fits(t, p, device.Dark)
		if text, err := p.Text(ctx, "main"); err != nil || !strings.Contains(text, want) {
			t.Errorf("%s: %q is not in %q, %v", name, want, text, err)
		}
		for _, problem := range p.Problems() {
			if !strings.Contains(problem, "favicon.ico") && !strings.Contains(problem, "status of 422") {
				t.Errorf("%s: the browser says %q", name, problem)
			}
		}
	}
	submit := func(amount string) {
		t.Helper()
		if err := p.Eval(ctx, `document.querySelector("#amount").value = ""`, nil); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{p.Type(ctx, "#amount", amount), p.Click(ctx, "form button"), p.Loaded(ctx)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.Open(ctx, h.at+"/@alice"); err != nil {
		t.Fatal(err)
	}
	step("1-page", words[0])
	submit("a few")
	step("2-wrong", words[1])
	if err := p.Type(ctx, "#note", "lunch & <coffee>"); err != nil {
		t.Fatal(err)
	}
	submit("2500")
	step("3-invoice", words[2])
	if orders := h.orders(); len(orders) != 1 || orders[0].m != 2_500_000 || orders[0].comment != "lunch & <coffee>" {
		t.Errorf("the desk was asked for %+v", orders)
	}
	var link string
	if err := p.Eval(ctx, `document.querySelector("a.button").href`, &link); err != nil || !strings.HasPrefix(link, "lightning:lnbcrt25000n1p") {
		t.Errorf("the button leads to %q, %v", link, err)
	}
	for _, err := range []error{p.Click(ctx, "a.quiet"), p.Loaded(ctx)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	step("4-back", words[0])
	if err := p.Close(ctx); err != nil {
		t.Error(err)
	}
}

// A page without a payee fits too.
func TestBrowserFindsNobody(t *testing.T) {
	b := browsertest.Start(t)
	h := open(t, func(o *web.Options) { o.Limits = web.Limits{} })
	p, err := b.Page(t.Context(), browser.Device{})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/@nobody": "Nobody here is called that.", "/": public + "/@name"} {
		if err := p.Open(t.Context(), h.at+path); err != nil {
			t.Fatal(err)
		}
		look(t, p, fmt.Sprintf("nobody-%d", len(path)))
		if text, err := p.Text(t.Context(), "main"); err != nil || !strings.Contains(text, want) {
			t.Errorf("%s says %q, %v", path, text, err)
		}
	}
}
