package component

import (
	"context"
	"strconv"
	"time"
)

// software is the program's name (XEP-0092, XEP-0232).
const software = "bitcoim"

// version says which program this is (XEP-0092). The system below it is not
// told.
func version(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	if _, err := c.target(ctx, q); err != nil {
		return nil, err
	}
	return El(nsVersion, "query",
		El(nsVersion, "name").Says(software),
		El(nsVersion, "version").Says(c.cfg.Version),
	), nil
}

// lastActivity says how long the gateway has been up, in whole seconds
// (XEP-0012). A contact speaks whenever the gateway does, so it was active
// now.
func lastActivity(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	if _, err := c.target(ctx, q); err != nil {
		return nil, err
	}
	var seconds int64
	if q.At == "" {
		seconds = int64(time.Since(c.started) / time.Second)
	}
	return El(nsLast, "query").With("seconds", strconv.FormatInt(seconds, 10)), nil
}
