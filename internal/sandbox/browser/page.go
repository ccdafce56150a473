package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// Device is what a page is shown on. The zero Device is a phone of 390 by 844
// points, with light colours, in English, with JavaScript.
type Device struct {
	Width, Height int
	Dark          bool
	Language      string // Accept-Language
	NoScript      bool
}

// Page is one tab with cookies of its own.
type Page struct {
	conn             *conn
	session, context string

	loaded chan struct{} // one token for each page that was loaded

	mu       sync.Mutex
	problems []string
}

type fields = map[string]any

// Page opens an empty tab.
func (b *Browser) Page(ctx context.Context, d Device) (*Page, error) {
	if d.Width == 0 {
		d.Width, d.Height = 390, 844
	}
	if d.Language == "" {
		d.Language = "en"
	}
	p := &Page{conn: b.conn, loaded: make(chan struct{}, 16)}
	var made struct{ BrowserContextID, TargetID, SessionID string }
	if err := b.conn.ask(ctx, "", "Target.createBrowserContext", fields{}, &made); err != nil {
		return nil, err
	}
	p.context = made.BrowserContextID
	if err := b.conn.ask(ctx, "", "Target.createTarget", fields{"url": "about:blank", "browserContextId": p.context}, &made); err != nil {
		return nil, err
	}
	if err := b.conn.ask(ctx, "", "Target.attachToTarget", fields{"targetId": made.TargetID, "flatten": true}, &made); err != nil {
		return nil, err
	}
	p.session = made.SessionID
	b.conn.keep(p.session, p)
	scheme := "light"
	if d.Dark {
		scheme = "dark"
	}
	var agent struct{ UserAgent string }
	if err := b.conn.ask(ctx, "", "Browser.getVersion", fields{}, &agent); err != nil {
		return nil, err
	}
	for _, step := range []struct {
		method string
		params fields
	}{
		{"Page.enable", fields{}},
		{"Runtime.enable", fields{}},
		{"Log.enable", fields{}},
		{"Emulation.setDeviceMetricsOverride", fields{"width": d.Width, "height": d.Height, "deviceScaleFactor": 2, "mobile": d.Width < 800}},
		{"Emulation.setEmulatedMedia", fields{"features": []fields{{"name": "prefers-color-scheme", "value": scheme}}}},
		{"Emulation.setUserAgentOverride", fields{"userAgent": agent.UserAgent, "acceptLanguage": d.Language}},
		{"Emulation.setScriptExecutionDisabled", fields{"value": d.NoScript}},
	} {
		if err := p.ask(ctx, step.method, step.params, nil); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Close closes the tab and forgets its cookies.
func (p *Page) Close(ctx context.Context) error {
	p.conn.drop(p.session)
	return p.conn.ask(ctx, "", "Target.disposeBrowserContext", fields{"browserContextId": p.context}, nil)
}

func (p *Page) ask(ctx context.Context, method string, params fields, out any) error {
	return p.conn.ask(ctx, p.session, method, params, out)
}

// event is called by the reader of the connection, and must not wait.
func (p *Page) event(method string, params json.RawMessage) {
	switch method {
	case "Page.loadEventFired":
		select {
		case p.loaded <- struct{}{}:
		default:
		}
	case "Log.entryAdded":
		var e struct {
			Entry struct{ Level, Text, URL string }
		}
		if json.Unmarshal(params, &e) == nil && e.Entry.Level == "error" {
			p.problem(e.Entry.Text + " " + e.Entry.URL)
		}
	case "Runtime.exceptionThrown":
		var e struct {
			ExceptionDetails struct {
				Text      string
				Exception struct{ Description string }
			}
		}
		if json.Unmarshal(params, &e) == nil {
			p.problem(e.ExceptionDetails.Text + " " + e.ExceptionDetails.Exception.Description)
		}
	}
}

func (p *Page) problem(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, text)
}

// Problems lists what the browser complained of since the last call: errors
// of the network, of scripts, and what a page's own policy forbade.
func (p *Page) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.problems
	p.problems = nil
	return all
}

// Open goes to url and waits until the page is loaded.
func (p *Page) Open(ctx context.Context, url string) error {
	p.forget()
	var went struct{ ErrorText string }
	if err := p.ask(ctx, "Page.navigate", fields{"url": url}, &went); err != nil {
		return err
	}
	if went.ErrorText != "" {
		return fmt.Errorf("open %s: %s", url, went.ErrorText)
	}
	return p.Loaded(ctx)
}

// Loaded waits until the page that something led to is loaded.
func (p *Page) Loaded(ctx context.Context) error {
	select {
	case <-p.loaded:
		return nil
	case <-p.conn.done:
		return errors.New("the browser is gone")
	case <-ctx.Done():
		return fmt.Errorf("the page does not load: %w", ctx.Err())
	}
}

func (p *Page) forget() {
	for {
		select {
		case <-p.loaded:
		default:
			return
		}
	}
}
