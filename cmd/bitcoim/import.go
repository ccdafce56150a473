package main

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
)

func importOld(ctx context.Context, p *program, d *db.DB, c config.Config, file string) error { return errors.New("soon") }
