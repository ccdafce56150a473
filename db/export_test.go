package db

import "io/fs"

// StepsIn is steps of a tree that a test made.
var StepsIn = steps

// LostRace is what Tx asks before it runs a transaction again.
var LostRace = lostRace

// Migrate makes d run the migrations of a test.
func (d *DB) Migrate(from fs.FS) { d.migrations = from }
