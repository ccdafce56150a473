-- bitcoim for Prosody 0.12 and later: copy to /etc/prosody/conf.d/ and set the
-- domain and the secret. Keep the file from others: chmod 640, chgrp prosody.

-- Global settings. If your prosody.cfg.lua has them, change them there.

-- Where components connect. A component's stream is not encrypted: when
-- bitcoim runs on another machine, use a private network or a tunnel.
component_ports = { 5347 }
component_interfaces = { "127.0.0.1", "::1" }

-- Two stanzas to one client then leave at once. With Nagle's algorithm, which
-- is Prosody's default, the second waits for about 40 ms.
network_settings = { nagle = false }

Component "bitcoin.example.org"
	-- The same text as in /etc/bitcoim/xmpp-secret. To make one:
	-- openssl rand -hex 32
	component_secret = "CHANGE ME"

	-- Prosody serves one connection per component. After a crash of bitcoim's
	-- machine the old connection may look alive for minutes. "kick_old" lets
	-- the new one in; with the default, "kick_new", it would be locked out.
	component_conflict_resolve = "kick_old"

	-- Prosody checks that bitcoim speaks for its own domain only, which is
	-- the default. Do not set validate_from_addresses = false.

-- For users of other servers (open_to_all in bitcoim.toml), who a user is rests
-- on certificates. Debian's prosody.cfg.lua has this already:
-- s2s_secure_auth = true
