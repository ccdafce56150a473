package limeserver

import (
	"context"

	"github.com/bitcoim/bitcoim/lime"
)

// incoming is what becomes of what a client sends.
type incoming struct {
	server *Server
	from   *Channel
}

func (i *incoming) Message(ctx context.Context, m *lime.Message) { i.server.message(ctx, i.from, m) }

func (i *incoming) Notification(ctx context.Context, n *lime.Notification) {
	i.server.notification(ctx, i.from, n)
}

func (i *incoming) Request(ctx context.Context, r *lime.Command) { i.server.request(ctx, i.from, r) }

func (i *incoming) Response(ctx context.Context, r *lime.Command) { i.server.response(ctx, i.from, r) }
