-- A Prosody for tests: loopback only, no TLS, no limits, anybody may register.
data_path = "{{.Dir}}/data"
certificates = "{{.Dir}}/certs"
log = { info = "{{.Dir}}/prosody.log" }

-- Containers often have no other user.
run_as_root = true

interfaces = { "127.0.0.1" }
local_interfaces = { "127.0.0.1" }
c2s_ports = { {{.C2S}} }
c2s_direct_tls_ports = { }
s2s_ports = { }
component_ports = { {{.Component}} }

modules_disabled = { "s2s" }
modules_enabled = {
	"roster", "saslauth", "disco", "ping", "presence", "message", "iq", "register", "private", "vcard_legacy", "pep",
}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
allow_registration = true
authentication = "internal_plain"
storage = "internal"

-- Without this, a second stanza in a row arrives 40 ms late.
network_settings = { nagle = false }

VirtualHost "{{.Options.Domain}}"

Component "{{.Options.Component}}"
	component_secret = "{{.Options.Secret}}"
	-- A connection that died without a word must not lock the next one out.
	component_conflict_resolve = "kick_old"

-- Somebody who speaks for another domain.
Component "{{.Options.Guest}}"
	component_secret = "{{.Options.Secret}}"
	component_conflict_resolve = "kick_old"
