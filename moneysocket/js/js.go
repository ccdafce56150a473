// Package js has the files of the JavaScript module for browsers, for whoever
// serves them. README.md says how the WebAssembly beside them is built.
package js

import "embed"

// Files are the module, its types and a page that uses it.
//
//go:embed moneysocket.js moneysocket.d.ts index.html package.json
var Files embed.FS
