package p2p

// What the tests from outside need of the inside.
var (
	ParseHeader = parseHeader
	ParsePacket = parsePacket
	Decode      = decode
	SpentBy     = spentBy
	Address     = address
	Worked      = worked
	ErrHostile  = errHostile
	MainFloor   = mainFloor
)
