package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Limit shows or sets the most that may leave the account in a day. In chat it
// asks before it sets: what was set by accident takes a day to raise again.
var Limit = &Command{
	Name: "limit", Who: Member, Where: AtGateway, Access: wallet.Nobody, AsksNoNode: true,
	Fields:  []Field{{Name: "limit", Optional: true, Rest: true}},
	Words:   sureWords("limit", true),
	Changes: func(c *Call) bool { return c.Arg("limit") != "" && c.sure() },
	Run:     limit,
}

func limit(ctx context.Context, c *Call) (Reply, error) {
	text := c.Arg("limit")
	if text == "" {
		return c.showLimits(ctx)
	}
	var m amount.Msat
	off := c.chosen("value", text, "off") == "off"
	if !off {
		text, per, found := strings.Cut(text, "/") // "50k/day"
		if found && c.chosen("per", per, "day") == "" {
			return Reply{}, c.usage()
		}
		var err error
		if m, err = amount.Parse(strings.TrimSpace(text), c.unit()); err != nil {
			return Reply{}, err
		}
	}
	if c.Name == "" && !c.sure() {
		line := c.surely("button.limit", "limit")
		r := say("limit.sure", map[string]any{"limit": int64(m), "off": off, "line": line.Text})
		r.Next = []Suggestion{line}
		c.aboveService(&r, m)
		return r, nil
	}
	return c.asMember(ctx, func(tx *db.Tx, u *useraccount.User) (Reply, error) {
		at, err := useraccount.SetLimit(ctx, tx, u, m, !off, u.Now)
		if err != nil {
			return Reply{}, err
		}
		r := say("limit.now", map[string]any{"limit": int64(m), "off": off})
		if at > u.Now {
			r = say("limit.later", map[string]any{"limit": int64(m), "off": off, "at": at})
		}
		c.aboveService(&r, m)
		return r, nil
	})
}

// aboveService says that a limit of one's own that is above that of the service changes
// nothing: the smaller one counts.
func (c *Call) aboveService(r *Reply, own amount.Msat) {
	if day := c.Policy.Limits.Day; own > day {
		r.add("limit.above", map[string]any{"day": int64(day)})
	}
}

func (c *Call) showLimits(ctx context.Context) (Reply, error) {
	l := c.Policy.Limits
	r := say("limit.operator", map[string]any{"payment": int64(l.Payment), "day": int64(l.Day), "balance": int64(l.Balance)})
	if c.by.User.Created > c.by.Now-24*3600 {
		r.add("limit.first-day", map[string]any{"limit": int64(l.FirstDay)})
	}
	if own, ok := c.by.User.Limit(c.by.Now); ok {
		r.add("limit.own", map[string]any{"limit": int64(own)})
	}
	left, err := l.SpendableToday(ctx, c.DB.Read(), c.by.User, c.by.Now)
	if err != nil {
		return Reply{}, err
	}
	r.add("limit.left", map[string]any{"left": int64(max(left, 0))})
	return r, nil
}
