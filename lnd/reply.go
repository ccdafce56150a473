package lnd

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Codes of gRPC that LND means something by. Most of what it says has code 2,
// unknown, and a sentence that has been stable for years.
const (
	Unknown       = 2
	NotFound      = 5
	AlreadyExists = 6
)

// Reply is what LND says instead of an answer. Code is gRPC's.
type Reply struct {
	HTTP    int    `json:"-"`
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Error tells LND's sentence and both codes.
func (r *Reply) Error() string {
	return fmt.Sprintf("lnd: %s (code %d, http %d)", r.Message, r.Code, r.HTTP)
}

// turnedDown is how LND turns credentials down.
var turnedDown = []string{"verification failed", "permission denied", "cannot get macaroon", "expected 1 macaroon", "cannot determine data format", "macaroon"}

// Auth reports whether LND refuses our credentials.
func (r *Reply) Auth() bool { return r.Says(turnedDown...) }

// Gateway reports whether not LND spoke but what stands before it.
func (r *Reply) Gateway() bool {
	return r.HTTP >= http.StatusBadGateway && r.HTTP <= http.StatusGatewayTimeout
}

// Says reports whether one of the parts is in the message. They are in lower
// case and without hyphens, as nodes disagree about both.
func (r *Reply) Says(parts ...string) bool {
	message := strings.ToLower(strings.ReplaceAll(r.Message, "-", " "))
	for _, p := range parts {
		if strings.Contains(message, p) {
			return true
		}
	}
	return false
}

// replyOf reads what came with a status that is no success: an error of a call
// as it is, that of a stream in one more pair of braces.
func replyOf(status int, text []byte) *Reply {
	var both struct {
		Reply
		Error *Reply `json:"error"`
	}
	err := json.Unmarshal(text, &both)
	reply := &Reply{HTTP: status, Code: both.Code, Message: both.Message}
	if both.Error != nil {
		reply.Code, reply.Message = both.Error.Code, both.Error.Message
	}
	if err != nil || reply.Message == "" {
		reply.Message = strings.TrimSpace(string(text))
	}
	return reply
}
