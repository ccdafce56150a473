package p2p

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/btcsuite/btcd/wire/v2"
)

// discover asks the DNS seeds, and again when nobody is left.
func (c *Client) discover(ctx context.Context) {
	tick := time.NewTicker(min(time.Minute, c.cfg.Times.Rotate))
	defer tick.Stop()
	for {
		c.mu.Lock()
		alone := len(c.ranked()) == 0
		c.mu.Unlock()
		if alone {
			c.seed(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// seed asks the network's DNS seeds. Through a proxy nothing can be looked up:
// then the seeds themselves are called, and the proxy finds them.
func (c *Client) seed(ctx context.Context) {
	port, _ := strconv.ParseUint(c.cfg.Params.DefaultPort, 10, 16)
	for _, seed := range c.cfg.Params.DNSSeeds {
		if c.cfg.Proxy != "" {
			addr := net.JoinHostPort(seed.Host, c.cfg.Params.DefaultPort)
			c.book.mu.Lock()
			if c.book.found[addr] == nil {
				c.book.found[addr] = &entry{addr: addr, plain: true}
			}
			c.book.mu.Unlock()
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, c.cfg.Times.Dial)
		ips, err := c.cfg.Lookup(ctx, seed.Host)
		cancel()
		if err != nil {
			c.log.Warn("DNS seed", "host", seed.Host, "err", err)
			continue
		}
		var list []*wire.NetAddressV2
		for _, ip := range ips[:min(len(ips), 256)] {
			list = append(list, wire.NetAddressV2FromBytes(time.Now().Add(-3*24*time.Hour-rnd(4*24*time.Hour)), wire.SFNodeNetwork, ip.IP, uint16(port)))
		}
		if len(list) > 0 {
			c.book.add(list, list[0])
		}
	}
	c.rouse()
}
