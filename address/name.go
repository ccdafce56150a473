package address

import (
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
)

// longestName is how long a username may be.
const longestName = 32

// reserved are names that a stranger could take for the service itself, or
// that mean something where a name may stand ("pay all ...").
var reserved = set(`
	abuse accounts addresses admin administrator admins announce anonymous bank bitcoim bitcoin billing bot
	chat commands component contact everyone exchange gateway help helpdesk hostmaster info lightning
	mail moderator moneysocket nobody noreply no-reply office official operator owner payment payments
	postmaster register registration root satoshi security server service staff support sysadmin system
	team treasury users wallet webmaster xmpp www
	all any code in out list new hide me myself none off on self yes no`)

// prefixes begin addresses, invoices, offers and links, so a name must not.
var prefixes = []string{"bc1", "tb1", "bcrt1", "sp1", "tsp1", "lnbc", "lntb", "lnurl", "lno1", "lnr1", "lni1", "moneysocket1"}

// ValidUsername reports whether name may be somebody's username: a-z, 0-9, _
// and -, a letter first, at most 32. It asks for the exact form; lower-casing
// what was typed is the caller's. Whether the name is free is the database's
// to say. Its errors are of kind Invalid:
//
//	name.syntax    {name, max}  not in that form
//	name.reserved  {name}       or too much like a name that is
//	name.address   {name}       could be taken for an address or an invoice
func ValidUsername(name string) error {
	if !isName(name) {
		return fault.New(fault.Invalid, "name.syntax", fault.Args{"name": shown(name), "max": int64(longestName)})
	}
	if reservedLooks[Skeleton(name)] || amount.IsUnitWord(name) {
		return fault.New(fault.Invalid, "name.reserved", fault.Args{"name": name})
	}
	if likeAddress(name) {
		return fault.New(fault.Invalid, "name.address", fault.Args{"name": name})
	}
	return nil
}

func isName(name string) bool {
	if name == "" || len(name) > longestName || name[0] < 'a' || name[0] > 'z' {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

func likeAddress(name string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	for _, n := range Networks {
		if _, err := DecodeJID(name, n); err == nil {
			return true
		}
		if _, err := Parse(name, n); err == nil {
			return true
		}
	}
	return false
}

// looks maps what many fonts show alike to one of its kind, after the
// confusables of Unicode UTS 39 as far as usernames have them. There 1 is drawn
// as l and not as i, which has a dot; and no other digit is drawn as a letter.
var looks = strings.NewReplacer("0", "o", "1", "l", "rn", "m", "vv", "w", "_", "-")

// Skeleton is what name looks like at a glance. Two people must not have
// names of one skeleton.
func Skeleton(name string) string { return looks.Replace(name) }

// reservedLooks are the reserved names as they look.
var reservedLooks = func() map[string]bool {
	m := map[string]bool{}
	for name := range reserved {
		m[Skeleton(name)] = true
	}
	return m
}()

func set(list string) map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq(list) {
		m[name] = true
	}
	return m
}
