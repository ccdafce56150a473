package command

import (
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
)

// linked says what an app may do.
func (c *Call) linked(a *app.App) Reply {
	r := say("app.linked", nil)
	r.Lines[0].Args = c.rightsOf(a)
	r.Data = LinkView{Name: a.Name, Kind: string(a.Kind)}
	return r
}

// rightsOf are the arguments of phrases about what an app may do.
func (c *Call) rightsOf(a *app.App) map[string]any {
	return map[string]any{"app": a.Name, "receives": a.ReceiveOnly, "asks": !a.ReceiveOnly && a.Budget == 0, "budget": int64(a.Budget), "per": c.per(a.Per),
		"ends": a.Expires.Valid, "until": a.Expires.Int64, "paused": a.Paused, "link": c.word("link"), "unlink": c.word("unlink"),
		"word": c.word("app")}
}

// per is a period as people say it after an amount.
func (c *Call) per(p app.Period) string {
	return c.Words.Printer(c.Lang, c.Unit).Say("app.per-"+string(p), nil)
}

// show adds what the app needs to a reply that is kept nowhere.
func (s linkSecret) show(c *Call, r *Reply, a *app.App) {
	r.Private = true
	view := LinkView{Name: a.Name, Kind: string(a.Kind), Beacon: s.beacon, Key: s.key}
	switch {
	case s.key != "":
		view.Identity, view.URLs = c.by.User.Name+"@"+c.Apps.LIME, c.Apps.LIMEURLs
		r.add("app.key", map[string]any{"identity": view.Identity})
		r.Copy = append(append(r.Copy, view.URLs...), s.key)
	case s.beacon != "":
		r.add("app.beacon", nil)
		r.Copy, r.QR = append(r.Copy, s.beacon), s.beacon
	default:
		r.add("app.dials", nil)
	}
	r.Data = view
}

// LinkView is a new link, for doors that speak to machines. What is secret in
// it is there the first time only.
type LinkView struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Beacon   string   `json:"beacon,omitempty"`
	Identity string   `json:"identity,omitempty"`
	URLs     []string `json:"urls,omitempty"`
	Key      string   `json:"key,omitempty"`
}

// AppView is an app, for doors that speak to machines. Amounts are in msat,
// times in seconds.
type AppView struct {
	Name        string      `json:"name"`
	Kind        string      `json:"kind"`
	Budget      amount.Msat `json:"budget"`
	Left        amount.Msat `json:"left"`
	Per         string      `json:"per"`
	ReceiveOnly bool        `json:"receive_only,omitempty"`
	Paused      bool        `json:"paused,omitempty"`
	Created     int64       `json:"created"`
	Joined      int64       `json:"joined,omitempty"`
	Expires     int64       `json:"expires,omitempty"`
}
