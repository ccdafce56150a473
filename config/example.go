package config

import (
	"fmt"
	"strings"
)

// Example is a configuration file with every key, its meaning and its
// default. Keys without a default are commented out.
func Example() string {
	c := Defaults()
	keys := c.keys()
	var b strings.Builder
	b.WriteString(`# bitcoim.toml: the configuration of bitcoim.
#
# Every key is here with its default. Keys that have none are commented out.
# Each can also be given by the environment: chain.poll is BITCOIM_CHAIN_POLL,
# with commas between the items of a list. Secrets are better kept in files of
# their own that nobody else can read; BITCOIM_XMPP_SECRET_FILE names one, too.
# Amounts are whole satoshis. "bitcoim check" says whether all is well.
`)
	for _, s := range sections {
		fmt.Fprintf(&b, "\n# %s\n[%s]\n", s.about, s.name)
		for _, k := range keys {
			if k.section == s.name {
				k.example(&b)
			}
		}
	}
	return b.String()
}

func (k key) example(b *strings.Builder) {
	fmt.Fprintf(b, "\n# %s\n", strings.ReplaceAll(k.about, "\n", "\n# "))
	if _, secret := k.at.(*Secret); secret {
		fmt.Fprintf(b, "#%s_file = %s\n#%s = \"\"\n", k.name, k.sample, k.name)
		return
	}
	if value := render(k.at); value != "" {
		fmt.Fprintf(b, "%s = %s\n", k.name, value)
		return
	}
	fmt.Fprintf(b, "#%s = %s\n", k.name, k.sample)
}
