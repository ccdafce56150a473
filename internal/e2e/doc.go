// Package e2e holds a gateway to its promises from the outside: a real process
// behind a real Prosody and a real ejabberd, with users who mean no good, and
// servers, nodes and databases that break. It has tests only.
package e2e
