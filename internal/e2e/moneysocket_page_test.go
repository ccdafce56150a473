package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/browser"
	"github.com/bitcoim/bitcoim/internal/sandbox/browser/browsertest"
	"github.com/bitcoim/bitcoim/moneysocket/js"
)

// policy is what a careful site lets its page do: load itself and its
// WebAssembly, and open websockets.
const policy = "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; connect-src 'self' ws:"

// publish serves the page of moneysocket/js, as somebody who makes apps would.
func publish(t *testing.T) (url string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "moneysocket.wasm")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, "github.com/bitcoim/bitcoim/moneysocket/js/wasm")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := http.FileServerFS(js.Files)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		switch r.URL.Path {
		case "/moneysocket.wasm":
			http.ServeFile(w, r, out)
		case "/wasm_exec.js":
			http.ServeFile(w, r, filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
		default:
			files.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// surf opens the page in a browser that runs until the test ends.
func surf(t *testing.T, url string) *webApp {
	t.Helper()
	b := browsertest.Start(t)
	p, err := b.Page(t.Context(), browser.Device{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Open(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	a := &webApp{p, t}
	a.until("its WebAssembly runs", "String(document.documentElement.dataset.loaded)", func(text string) bool { return text == "true" })
	return a
}

// webApp is the page, as the one who sits before it has it.
type webApp struct {
	*browser.Page
	t *testing.T
}

// fills writes into a field of the page, and presses the button of its form,
// which says nothing any more of what was before.
func (a *webApp) fills(form, field, text string) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), patience)
	defer cancel()
	empty := fmt.Sprintf("document.querySelector('%s').value = document.querySelector('%s output').textContent = ''", field, form)
	if err := a.Eval(ctx, empty, nil); err != nil {
		a.t.Fatal(err)
	}
	if err := a.Type(ctx, field, text); err != nil {
		a.t.Fatal(err)
	}
	if err := a.Click(ctx, form+" button"); err != nil {
		a.t.Fatal(err)
	}
}

// says waits until what an element says is as wanted, and returns it.
func (a *webApp) says(element, what string, wanted func(text string) bool) (text string) {
	a.t.Helper()
	return a.until(element+" says "+what, fmt.Sprintf("document.querySelector('%s').textContent", element), wanted)
}

// shows waits until an element says exactly that.
func (a *webApp) shows(element, text string) {
	a.t.Helper()
	a.says(element, fmt.Sprintf("%q", text), func(said string) bool { return said == text })
}

// until asks the page for a text until it is as wanted. The page's own clock
// makes the pauses.
func (a *webApp) until(what, expression string, wanted func(text string) bool) (text string) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), patience)
	defer cancel()
	for {
		if err := a.Eval(ctx, "new Promise((r) => setTimeout(() => r("+expression+"), 20))", &text); err != nil {
			a.t.Fatalf("waited in vain until %s: it is %q: %v; the browser says %q", what, text, err, a.Problems())
		}
		if wanted(text) {
			return text
		}
	}
}
