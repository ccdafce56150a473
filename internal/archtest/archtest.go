// Package archtest holds the tests that keep the code in the form that
// docs/ARCHITECTURE.md draws: who may import whom, what money code must not
// do, and how long a file may be. Each rule is tried on an example that breaks
// it, so that it cannot fall asleep.
package archtest
