package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
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
	Again:   []Telling{tells((*Call).saidLimit)},
}

func limit(ctx context.Context, c *Call) (Reply, error) {
	text := c.Arg("limit")
	if text == "" {
		return c.showLimits(ctx)
	}
	var own *amount.Msat
	if c.chosen("value", text, "off") != "off" {
		text, per, found := strings.Cut(text, "/") // "50k/day"
		if found && c.chosen("per", per, "day") == "" {
			return Reply{}, c.usage()
		}
		m, err := amount.Parse(strings.TrimSpace(text), c.unit())
		if err != nil {
			return Reply{}, err
		}
		own = &m
	}
	if c.Name == "" && !c.sure() {
		return c.askLimit(own), nil
	}
	done, err := c.SetLimit(ctx, c.by, own)
	if err != nil {
		return Reply{}, err
	}
	return c.saidLimit(done), nil
}

// askLimit asks whether the user means it.
func (c *Call) askLimit(own *amount.Msat) Reply {
	set := wallet.LimitSet{Off: own == nil}
	if own != nil {
		set.Limit = *own
	}
	line := c.surely("button.limit", "limit")
	r := say("limit.sure", map[string]any{"limit": int64(set.Limit), "off": set.Off, "line": line.Text})
	r.Next = []Suggestion{line}
	c.aboveService(&r, set.Limit)
	return r
}

func (c *Call) saidLimit(done wallet.LimitSet) Reply {
	r := say("limit.now", map[string]any{"limit": int64(done.Limit), "off": done.Off})
	if done.At > 0 {
		r = say("limit.later", map[string]any{"limit": int64(done.Limit), "off": done.Off, "at": done.At})
	}
	c.aboveService(&r, done.Limit)
	return r
}

// aboveService says that a limit of one's own that is above that of the service changes
// nothing: the smaller one counts.
func (c *Call) aboveService(r *Reply, own amount.Msat) {
	if day := c.Policy.Limits.Day; own > day {
		r.add("limit.above", map[string]any{"day": int64(day)})
	}
}

func (c *Call) showLimits(ctx context.Context) (Reply, error) {
	l, err := c.DayLimits(ctx, c.by)
	if err != nil {
		return Reply{}, err
	}
	r := say("limit.operator", map[string]any{"payment": int64(l.Payment), "day": int64(l.Day), "balance": int64(l.Balance)})
	if l.FirstDay > 0 {
		r.add("limit.first-day", map[string]any{"limit": int64(l.FirstDay)})
	}
	if l.Own != nil {
		r.add("limit.own", map[string]any{"limit": int64(*l.Own)})
	}
	r.add("limit.left", map[string]any{"left": int64(l.Left)})
	return r, nil
}
