package component

import (
	"context"
	"strconv"
	"strings"
)

// takeBack hears that a notice did not reach its user: servers without
// offline storage, or with no room left in it, return messages to who is not
// there (RFC 6121 §8.5.2.2.1). The desk knows whether we sent that one to that
// user; a stranger's word about another's notice changes nothing.
func (c *Component) takeBack(ctx context.Context, q *Stanza) {
	id, err := strconv.ParseInt(strings.TrimPrefix(q.ID, noticePrefix), 10, 64)
	if err != nil {
		c.tally.ignored.Add(1)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timing.Ask)
	defer cancel()
	ours, err := c.desk.Returned(ctx, q.User, id)
	switch {
	case err != nil:
		c.log.Warn("a notice came back and could not be taken back", "notice", id, "user", q.User, "err", err)
	case !ours:
		c.tally.ignored.Add(1)
	default:
		if c.tally.bounced.Add(1) == 1 {
			c.log.Warn("a notice came back: does the server keep messages for who is away (mod_offline)?", "notice", id, "user", q.User)
		}
	}
}

// here hears that a user is there.
func (c *Component) here(ctx context.Context, q *Stanza) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timing.Ask)
	defer cancel()
	if err := c.desk.Here(ctx, q.User); err != nil {
		c.log.Warn("notices wait", "user", q.User, "err", err)
	}
}
