package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Eval evaluates a JavaScript expression, waits for it if it is a promise,
// and reads its value into out, which may be nil. It works on pages that may
// not run scripts themselves.
func (p *Page) Eval(ctx context.Context, expression string, out any) error {
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	err := p.ask(ctx, "Runtime.evaluate", fields{"expression": expression, "returnByValue": true, "awaitPromise": true}, &got)
	if err != nil {
		return err
	}
	if e := got.ExceptionDetails; e != nil {
		return errors.New(e.Text + " " + e.Exception.Description)
	}
	if out == nil {
		return nil
	}
	if len(got.Result.Value) == 0 {
		return fmt.Errorf("%s has no value", expression)
	}
	return json.Unmarshal(got.Result.Value, out)
}

// Text is the visible text of what selector finds first.
func (p *Page) Text(ctx context.Context, selector string) (text string, err error) {
	err = p.Eval(ctx, "document.querySelector("+quote(selector)+").innerText", &text)
	return text, err
}

// Click moves the mouse to what selector finds first, and clicks. It does not
// wait for what may come of it.
func (p *Page) Click(ctx context.Context, selector string) error {
	p.forget()
	var at struct{ X, Y float64 }
	err := p.Eval(ctx, `(() => {
		const e = document.querySelector(`+quote(selector)+`);
		e.scrollIntoView({block: "center", behavior: "instant"});
		const r = e.getBoundingClientRect();
		return {X: r.x + r.width / 2, Y: r.y + r.height / 2};
	})()`, &at)
	if err != nil {
		return err
	}
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		err := p.ask(ctx, "Input.dispatchMouseEvent", fields{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// Type clicks on a field and types text into it.
func (p *Page) Type(ctx context.Context, selector, text string) error {
	if err := p.Click(ctx, selector); err != nil {
		return err
	}
	return p.ask(ctx, "Input.insertText", fields{"text": text}, nil)
}

// Screenshot is a picture of the page as PNG: of what is on the screen, or of
// all of it.
func (p *Page) Screenshot(ctx context.Context, whole bool) ([]byte, error) {
	var shot struct{ Data []byte } // base64, as encoding/json reads bytes
	err := p.ask(ctx, "Page.captureScreenshot", fields{"format": "png", "captureBeyondViewport": whole}, &shot)
	return shot.Data, err
}

// quote writes a text as JavaScript.
func quote(text string) string {
	out, _ := json.Marshal(text) // a string always can
	return string(out)
}
