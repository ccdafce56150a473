package wallet

import "github.com/bitcoim/bitcoim/moneysocket"

// Apps is what the operator lets apps do, and where they come.
type Apps struct {
	Budget      Budget // of a link that names none
	Moneysocket bool   // links of this kind are served
	Location    moneysocket.Location
	Here        bool     // there is a relay of ours at Location, so that beacons can be made
	Dials       bool     // beacons of others are dialled
	LIME        string   // domain of the accounts of bots; "" is off
	LIMEURLs    []string // where bots connect
}
