package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/config"
)

var update = flag.Bool("update", false, "write contrib/bitcoim.toml again")

// needed is what a configuration of defaults lacks.
var needed = []string{
	"BITCOIM_XMPP_DOMAIN=bitcoin.example.org",
	"BITCOIM_XMPP_SECRET=swordfish",
	"BITCOIM_BITCOIND_USER=bitcoim",
	"BITCOIM_BITCOIND_PASSWORD=swordfish",
}

func TestExampleIsDefaults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bitcoim.toml")
	write(t, path, config.Example(), 0o644) // it holds no secret
	got, err := config.Load(path, needed)
	if err != nil {
		t.Fatal(err)
	}
	want, err := config.Load("", needed)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestSamplesAreValid(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#([a-z_]+ = )`).ReplaceAllString(config.Example(), "$1")
	_, err := config.Parse("f", text, nil)
	for _, p := range problems(t, err) {
		// Both ways to say a secret are shown, and the files are not here.
		about := regexp.MustCompile(`give either this or|no such file|contradicts|needs registration.mode|needs a lightning.backend`)
		if !about.MatchString(p) {
			t.Errorf("with every sample: %s", p)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.HasSuffix(line, " = ") || len(line) > 110 {
			t.Errorf("the example has this line: %s", line)
		}
	}
}

func TestContribExample(t *testing.T) {
	const path = "../contrib/bitcoim.toml"
	if *update {
		if err := os.WriteFile(path, []byte(config.Example()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != config.Example() {
		t.Errorf("%s is not what Example says: go test ./config -update", path)
	}
}
