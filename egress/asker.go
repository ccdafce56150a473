package egress

import "context"

type askerKey struct{}

// For says for whom the requests of a context are made, such as the domain of a user:
// whoever has hosts of many owners to ask leaves room for others.
func For(ctx context.Context, asker string) context.Context {
	return context.WithValue(ctx, askerKey{}, asker)
}

// Asker is for whom the requests of a context are made, "" for us.
func Asker(ctx context.Context) string {
	who, _ := ctx.Value(askerKey{}).(string)
	return who
}
