package component

import "context"

// pageful is how many members are read at once.
const pageful = 200

// greet shows everybody everything after a connect: no server tells contacts
// that their component went or came back (measured). Where another instance
// lives, they have seen no difference. One that was seen lately may be the one
// that crashed and that we replace, so we look once more.
func (c *Component) greet(ctx context.Context) error {
	defer c.logPanic("greet")
	if !c.cfg.Alone(ctx) {
		c.pause(ctx, c.cfg.Timing.Alive)
		if ctx.Err() != nil || !c.cfg.Alone(ctx) {
			return nil
		}
	}
	err := c.members(ctx, func(user string) error {
		if err := c.presences.room(ctx, pageful); err != nil {
			return err
		}
		c.Refresh(user)
		return nil
	})
	if err != nil && ctx.Err() == nil {
		c.log.Warn("not everybody was greeted", "err", err)
	}
	return nil
}

// members calls f for every member, in order, until it fails.
func (c *Component) members(ctx context.Context, f func(user string) error) error {
	after := ""
	for {
		users, err := c.desk.Members(ctx, after, pageful)
		if err != nil {
			return err
		}
		for _, u := range users {
			if err := f(u); err != nil {
				return err
			}
			after = u
		}
		if len(users) < pageful {
			return nil
		}
	}
}
