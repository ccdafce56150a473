package main

import (
	"testing"

	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }
