package component

import (
	"context"
	"time"
)

// clock says the time (XEP-0202), always in UTC: where the machine stands is
// nobody's affair.
func clock(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	if _, err := c.target(ctx, q); err != nil {
		return nil, err
	}
	return El(nsTime, "time",
		El(nsTime, "tzo").Says("+00:00"),
		El(nsTime, "utc").Says(time.Now().UTC().Format(time.RFC3339)),
	), nil
}
