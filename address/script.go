package address

// The opcodes of standard output scripts.
const (
	opDup         = "\x76"
	opEqual       = "\x87"
	opEqualVerify = "\x88"
	opHash160     = "\xa9"
	opCheckSig    = "\xac"
)

// push is the script that pushes data of at most 75 bytes.
func push(data []byte) string { return string([]byte{byte(len(data))}) + string(data) }

// opWitness is the opcode of a witness version: OP_0, or OP_1 to OP_16.
func opWitness(version byte) string {
	if version > 0 {
		version += 0x50
	}
	return string([]byte{version})
}
