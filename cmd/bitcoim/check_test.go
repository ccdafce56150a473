package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is checked is looked at: neither a database nor its folder is made, and
// while nobody knows whether a gateway runs, none is put out by a handshake.
func TestCheckMakesNothingAndTakesNoPlace(t *testing.T) {
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	heard := make(chan string, 1)
	go func() { // a server that knows the component
		c, err := l.Accept()
		if err != nil {
			heard <- err.Error()
			return
		}
		defer c.Close()
		var all bytes.Buffer
		b := make([]byte, 4096)
		n, _ := c.Read(b)
		all.Write(b[:n])
		_, _ = c.Write([]byte("<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' from='bitcoin.example.org' id='s1'>"))
		for {
			n, err := c.Read(b)
			all.Write(b[:n])
			if err != nil {
				heard <- all.String()
				return
			}
		}
	}()
	file := filepath.Join(dir, "data", "bitcoim.db")
	config := filepath.Join(dir, "bitcoim.toml")
	writeConfig(t, config, file, l.Addr().String())
	var out, errs bytes.Buffer
	err = run(t.Context(), []string{"-config", config, "check"}, &out, &errs)
	if err == nil || !strings.Contains(out.String(), "bitcoim db upgrade makes it") || !strings.Contains(out.String(), "the secret is not tried") {
		t.Fatalf("got %v\n%s%s", err, out.String(), errs.String())
	}
	if _, err := os.Stat(filepath.Dir(file)); !os.IsNotExist(err) {
		t.Errorf("the folder of the database: %v", err)
	}
	if said := <-heard; strings.Contains(said, "handshake") || !strings.Contains(said, "to='bitcoin.example.org'") {
		t.Errorf("the server heard %q", said)
	}
}
