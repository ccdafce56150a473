package component

import "context"

// ping answers a XEP-0199 ping to the gateway or to a contact that there is.
func ping(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	_, err := c.target(ctx, q)
	return nil, err
}
