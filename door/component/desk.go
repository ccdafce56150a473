// Package component is the XMPP door: an XEP-0114 component that reads
// stanzas, asks the desk, and says the answer. It knows its protocol and
// nothing else; money is the desk's affair.
package component

import (
	"context"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/wallet"
)

// Desk is what the component asks. *command.Desk is the real one.
type Desk interface {
	// Ask runs one command. Its errors are faults.
	Ask(ctx context.Context, r command.Request) (command.Reply, error)
	// Menu lists the commands on offer to user at the contact with local
	// part at ("" is the gateway).
	Menu(ctx context.Context, user, at string) ([]command.Spec, error)
	// Account says how the desk knows a bare JID.
	Account(ctx context.Context, user string) (wallet.Account, error)
	// Caller finds out who asks.
	Caller(ctx context.Context, by wallet.Caller) (wallet.Caller, error)
	// Contact says who at@gateway is, as the caller may see it; a NotFound fault
	// if there is nobody, or nobody that the caller may know of.
	Contact(ctx context.Context, by wallet.Caller, at string) (wallet.Contact, error)
	// Contacts lists who speaks to the caller with a presence of their own: the
	// caller's addresses and the contacts that the caller subscribed to.
	Contacts(ctx context.Context, by wallet.Caller) ([]wallet.Contact, error)
	// AddressContacts lists the addresses of a user, for that user and for admins.
	AddressContacts(ctx context.Context, by wallet.Caller, username string) ([]wallet.Contact, error)
	// Subscribe remembers that the caller wants (or no longer wants) the presence
	// of at@gateway.
	Subscribe(ctx context.Context, by wallet.Caller, at string, on bool) error
	// Find resolves what a user typed into "add contact" to a local part.
	Find(ctx context.Context, viewer, prompt string) (at string, err error)
	// Members lists registered bare JIDs in order, n at most, after the one given.
	Members(ctx context.Context, after string, n int) ([]string, error)
	// Returned takes back a notice that the server of its user, a bare JID, did
	// not keep, and reports whether it was one of that user's.
	Returned(ctx context.Context, user string, notice int64) (bool, error)
	// Here says that a user came: what was taken back is told now.
	Here(ctx context.Context, user string) error
	// Directory lists the users as contacts, for an admin only.
	Directory(ctx context.Context, by wallet.Caller) ([]wallet.Contact, error)
}
