package config

import "time"

// Defaults is what holds where the operator says nothing. It is not enough
// to start with: a domain, a secret and the way to a node are missing.
func Defaults() Config {
	return Config{
		XMPP: XMPP{
			Server:       "127.0.0.1:5347",
			Name:         "Bitcoin wallet",
			Languages:    []string{"en", "fr"},
			PresenceRate: 100,
		},
		Database: Database{
			Driver:         "sqlite",
			File:           "/var/lib/bitcoim/bitcoim.db",
			MaxConnections: 10,
		},
		Chain: Chain{
			Backend:            "bitcoind",
			Network:            "mainnet",
			Confirmations:      2,
			ConfirmationsLarge: 3,
			LargeSat:           1_000_000,
			ConfirmationsHuge:  6,
			HugeSat:            10_000_000,
			FinalDepth:         6,
			MinDepositSat:      1_000,
			MinPaymentSat:      546,
			Poll:               5 * time.Second,
			Timeout:            30 * time.Second,
		},
		Bitcoind: Bitcoind{
			URL:    "http://127.0.0.1:8332",
			Wallet: "bitcoim",
		},
		LND: LND{
			URL: "https://127.0.0.1:8080",
		},
		Lightning: Lightning{
			Backend:       "none",
			Journal:       "/var/lib/bitcoim/lightning.journal",
			FeePerMillion: 10_000,
			FeeLeastSat:   10,
			MaxCLTV:       1_008,
			FinalCLTV:     144,
			Expiry:        time.Hour,
			OpenInvoices:  50,
			InFlight:      2,
			FlightSat:     400_000,
			FlightDomain:  24,
			DomainSat:     2_000_000,
			FlightAll:     96,
			AllSat:        10_000_000,
			Hands:         32,
			Poll:          2 * time.Second,
			Timeout:       30 * time.Second,
		},
		Apps:        Apps{Budget: "1000 sat/day"},
		Moneysocket: Moneysocket{Dial: true},
		LIME:        LIME{RequireTLS: true},
		Rates:       Rates{Stale: time.Hour},
		P2P: P2P{
			MaxPeers: 8,
			Mode:     "auto",
			Alarm:    10 * time.Minute,
			Lag:      20 * time.Minute,
		},
		Limits: Limits{
			PaymentSat:        200_000,
			DaySat:            500_000,
			FirstDaySat:       50_000,
			BalanceSat:        1_000_000,
			OpenOrders:        20,
			AddressesUnused:   5,
			CommandsPerMinute: 60,
			CommandsBurst:     20,
			OrderTTL:          10 * time.Minute,
			Stale:             time.Minute,
		},
		Registration: Registration{Mode: "open"},
		Log:          Log{Level: "info", Format: "text"},
		Audit:        Audit{Every: 5 * time.Minute},
	}
}
