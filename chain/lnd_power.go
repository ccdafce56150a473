package chain

// Permissions are the calls of LND that its on-chain wallet needs, for the
// macaroon that may make no others.
func Permissions() []string {
	return []string{
		"/lnrpc.Lightning/GetInfo",
		"/lnrpc.Lightning/NewAddress",
		"/lnrpc.Lightning/WalletBalance",
		"/lnrpc.Lightning/GetTransactions",
		"/walletrpc.WalletKit/EstimateFee",
		"/walletrpc.WalletKit/ListUnspent",
		"/walletrpc.WalletKit/ListLeases",
		"/walletrpc.WalletKit/FundPsbt",
		"/walletrpc.WalletKit/FinalizePsbt",
		"/walletrpc.WalletKit/LeaseOutput",
		"/walletrpc.WalletKit/ReleaseOutput",
		"/walletrpc.WalletKit/PublishTransaction",
		"/walletrpc.WalletKit/GetTransaction",
		"/chainrpc.ChainKit/GetBlockHash",
		"/chainrpc.ChainKit/GetBlock",
	}
}
