package command

// ContactKind is what a local part of the gateway stands for.
type ContactKind uint8

const (
	ToGateway ContactKind = iota
	ToAddress             // a Bitcoin address, ours or not
	ToUser                // a username
)

// Contact is somebody at node@gateway, as one viewer may see it.
type Contact struct {
	Kind    ContactKind
	Node    string // local part of the JID, unescaped as on the wire
	Name    string // the address in its own letters, or the username
	Label   string // the owner's label of the address
	Mine    bool   // the viewer's own address, or the viewer
	Address string // what a QR shows: the address (ToAddress), else ""
	URL     string // block explorer page of the address, "" if none is configured
	RealJID string // of a user: only for self and admins
	Owner   string // of an address: local part of its owner, only for owner and admins
	// Status is what the presence says to this viewer, as phrase and args.
	Status *Line
	Lang   string
	Unit   string
}
