package lightning

import (
	"encoding/hex"
	"log/slog"
)

// String is the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// String hides the preimage: who has it can take a payment on its way.
func (Preimage) String() string { return "[preimage]" }

// LogValue hides the preimage from logs.
func (p Preimage) LogValue() slog.Value { return slog.StringValue(p.String()) }
