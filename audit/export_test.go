package audit

// Rules are the names of what Books checks beside the ledger.
func Rules() []string {
	var all []string
	for _, b := range books {
		all = append(all, b.rule)
	}
	return all
}
