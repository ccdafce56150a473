package browser_test

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/browser"
	"github.com/bitcoim/bitcoim/internal/sandbox/browser/browsertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const page = `<!doctype html><meta name=viewport content="width=device-width"><title>A page</title>
<style>body{color:#000} @media (prefers-color-scheme:dark){body{color:#fff}}</style>
<p id=p>still</p><script>document.getElementById("p").innerText = "moved"</script>
<form method=post><input name=word><button>Go</button></form>`

func serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch {
		case r.URL.Path == "/strict":
			w.Header().Set("Content-Security-Policy", "default-src 'none'")
			fmt.Fprint(w, page)
		case r.Method == http.MethodPost:
			fmt.Fprintf(w, "<p id=p>%s</p>", r.FormValue("word"))
		default:
			fmt.Fprint(w, page, "<p id=l>", r.Header.Get("Accept-Language"))
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func open(t *testing.T, b *browser.Browser, d browser.Device, url string) *browser.Page {
	t.Helper()
	p, err := b.Page(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Open(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	return p
}

func text(t *testing.T, p *browser.Page, selector, want string) {
	t.Helper()
	if got, err := p.Text(t.Context(), selector); err != nil || got != want {
		t.Errorf("%s says %q, %v, want %q", selector, got, err, want)
	}
}

func TestNothingIsLeft(t *testing.T) {
	temp, err := os.MkdirTemp("", "b") // a short path: there will be a socket below
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(temp) }()
	t.TempDir() // the folder of the test's own is not below
	t.Setenv("TMPDIR", temp)
	t.Run("a browser", func(t *testing.T) { open(t, browsertest.Start(t), browser.Device{}, serve(t)) })
	left, err := os.ReadDir(temp)
	if err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestBrowser(t *testing.T) {
	b, url := browsertest.Start(t), serve(t)

	t.Run("a page runs its scripts", func(t *testing.T) {
		p := open(t, b, browser.Device{Language: "fr"}, url)
		text(t, p, "#p", "moved")
		text(t, p, "#l", "fr")
		var width, sum int
		if err := p.Eval(t.Context(), "innerWidth", &width); err != nil || width != 390 {
			t.Errorf("the screen is %d wide, %v", width, err)
		}
		if err := p.Eval(t.Context(), "Promise.resolve(40 + 2)", &sum); err != nil || sum != 42 {
			t.Errorf("got %d, %v", sum, err)
		}
		if err := p.Eval(t.Context(), "nothing.here", nil); err == nil || !strings.Contains(err.Error(), "nothing is not defined") {
			t.Errorf("got %v", err)
		}
		if problems := slices.DeleteFunc(p.Problems(), favicon); len(problems) > 0 {
			t.Errorf("problems: %q", problems)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("without JavaScript it does not", func(t *testing.T) {
		p := open(t, b, browser.Device{NoScript: true}, url)
		text(t, p, "#p", "still")
		if err := p.Type(t.Context(), "input", "typed €"); err != nil {
			t.Fatal(err)
		}
		if err := p.Click(t.Context(), "button"); err != nil {
			t.Fatal(err)
		}
		if err := p.Loaded(t.Context()); err != nil {
			t.Fatal(err)
		}
		text(t, p, "#p", "typed €")
	})
	t.Run("colours are as chosen", func(t *testing.T) {
		for dark, want := range map[bool]string{false: "rgb(0, 0, 0)", true: "rgb(255, 255, 255)"} {
			var got string
			p := open(t, b, browser.Device{Dark: dark}, url)
			if err := p.Eval(t.Context(), "getComputedStyle(document.body).color", &got); err != nil || got != want {
				t.Errorf("dark %v: got %s, %v", dark, got, err)
			}
		}
	})
	t.Run("a picture has the size of the screen", func(t *testing.T) {
		shot, err := open(t, b, browser.Device{}, url).Screenshot(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := png.DecodeConfig(bytes.NewReader(shot)); err != nil || c.Width != 780 || c.Height != 1688 {
			t.Errorf("got %d by %d, %v", c.Width, c.Height, err)
		}
	})
	t.Run("what a policy forbids is a problem", func(t *testing.T) {
		p := open(t, b, browser.Device{}, url+"/strict")
		text(t, p, "#p", "still")
		if problems := strings.Join(p.Problems(), "\n"); !strings.Contains(problems, "Content Security Policy") {
			t.Errorf("problems: %q", problems)
		}
	})
	t.Run("no name leads out", func(t *testing.T) {
		p, err := b.Page(t.Context(), browser.Device{})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Open(t.Context(), "http://example.com/"); err == nil || !strings.Contains(err.Error(), "ERR_NAME_NOT_RESOLVED") {
			t.Errorf("got %v", err)
		}
	})
}

func favicon(problem string) bool { return strings.Contains(problem, "favicon.ico") }
