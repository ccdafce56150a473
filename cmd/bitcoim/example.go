package main

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/config"
)

// example is `bitcoim config -example`.
func example(_ context.Context, p *program, args []string) error {
	if len(args) != 1 || args[0] != "-example" && args[0] != "--example" {
		return p.wrong("config")
	}
	_, err := fmt.Fprint(p.out, config.Example())
	return err
}
