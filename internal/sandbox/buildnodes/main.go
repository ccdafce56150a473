// Command buildnodes builds the nodes that tests and the demo run against and
// prints where they are. With nothing to build it ends at once.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	bin, err := nodes.Build(ctx, os.Stderr)
	var newest nodes.Bin
	if err == nil {
		newest, err = nodes.BuildNewest(ctx, os.Stderr)
	}
	modern := ""
	if err == nil {
		modern, err = nodes.BuildModern(ctx, os.Stderr)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(bin.Btcd)
	fmt.Println(bin.Lnd)
	fmt.Println(newest.Btcd)
	fmt.Println(newest.Lnd)
	fmt.Println(modern)
}
