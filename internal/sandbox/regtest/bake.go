package regtest

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
)

// Bake makes a macaroon for the calls of uris and nothing else, for example
// "/lnrpc.Lightning/GetInfo", and returns the file it is in.
func (l *LND) Bake(ctx context.Context, name string, uris ...string) (file string, err error) {
	permissions := make([]map[string]string, 0, len(uris))
	for _, uri := range uris {
		permissions = append(permissions, map[string]string{"entity": "uri", "action": uri})
	}
	var answer struct{ Macaroon string }
	err = l.Call(ctx, "POST", "/v1/macaroon", map[string]any{"permissions": permissions, "root_key_id": "77"}, &answer)
	if err != nil {
		return "", err
	}
	raw, err := hex.DecodeString(answer.Macaroon)
	if err != nil {
		return "", err
	}
	file = filepath.Join(filepath.Dir(l.MacaroonPath), name+".macaroon")
	return file, os.WriteFile(file, raw, 0o600)
}
