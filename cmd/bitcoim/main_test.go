package main

import (
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestMain(m *testing.M) {
	beforeAgain = time.Millisecond
	dbtest.Main(m)
}
