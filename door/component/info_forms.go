package component

// infoForms say more about the gateway than its features do (XEP-0128). They
// stand in the order of their types, for readers that forget to sort them.
func (c *Component) infoForms() []*Element {
	return []*Element{c.contactsForm(), c.policyForm(), c.softwareForm()}
}

// softwareForm names the program (XEP-0232). The system below it is not told.
func (c *Component) softwareForm() *Element {
	return newForm("result", "").Add(
		formType("urn:xmpp:dataforms:softwareinfo"),
		field("text-single", "software", "", software),
		field("text-single", "software_version", "", c.cfg.Version),
	)
}

// contactsForm says where to write to the people who run this (XEP-0157),
// nil if the operator names nobody.
func (c *Component) contactsForm() *Element {
	x := newForm("result", "").Add(formType("http://jabber.org/network/serverinfo"))
	for _, f := range []struct {
		name string
		uris []string
	}{
		{"abuse-addresses", c.cfg.Contacts.Abuse},
		{"admin-addresses", c.cfg.Contacts.Admin},
		{"support-addresses", c.cfg.Contacts.Support},
	} {
		if len(f.uris) > 0 {
			x.Add(field("list-multi", f.name, "", f.uris...))
		}
	}
	if len(x.Children) == 1 {
		return nil
	}
	return x
}

// policyForm says what becomes of people's data (XEP-0504): there is no
// password, and what was booked stays booked. The words are in the operator's
// language, the same for every reader, since caps are.
func (c *Component) policyForm() *Element {
	return newForm("result", "").Add(
		formType("urn:xmpp:data-policy:0"),
		field("list-single", "auth_data", "", "no_auth"),
		field("text-single", "data_retention", "", "infinite"),
		field("boolean", "data_deletion", "", "false"),
		field("boolean", "full_erasure", "", "false"),
		field("list-multi", "access_policy", "", "admins"),
		field("text-multi", "extra_info", "", c.words("").Say("disco.policy", nil)),
	)
}
