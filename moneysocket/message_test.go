package moneysocket_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/moneysocket"
)

const (
	uuid  = "11111111-1111-4111-8111-111111111111"
	front = `{"timestamp": 1600000000.25, "protocol": "Moneysocket", "protocol_version": "0.0.0", `
	asks  = front + `"message_class": "REQUEST", "request_uuid": "` + uuid + `", "request_name": `
	tells = front + `"message_class": "NOTIFICATION", "notification_uuid": "` + uuid + `", "request_reference_uuid": null, "notification_name": `
	sixty = "2222222222222222222222222222222222222222222222222222222222222222"
	wad   = `{"msats": 5, "asset_stable": false, "asset_units": 5, "code": "BTC", "countries": "All", "decimals": 0, "iso_num": null, "name": "Bitcoin", "symbol": "\u20bf"}`
	shows = tells + `"NOTIFY_PROVIDER", "account_uuid": "` + uuid + `", "payer": true, "payee": false, "wad": `
)

func TestParseMessage(t *testing.T) {
	for name, tt := range map[string]struct{ text, err string }{
		"a ping":                       {asks + `"REQUEST_PING"}`, ""},
		"another version":              {strings.Replace(asks, "0.0.0", "9.9.9", 1) + `"REQUEST_PING"}`, ""},
		"timestamp 0":                  {strings.Replace(asks, "1600000000.25", "0", 1) + `"REQUEST_PING"}`, ""},
		"the year 3000":                {strings.Replace(asks, "1600000000.25", "32503680000", 1) + `"REQUEST_PING"}`, ""},
		"an exponent":                  {strings.Replace(asks, "1600000000.25", "1.6e9", 1) + `"REQUEST_PING"}`, ""},
		"before 1970":                  {strings.Replace(asks, "1600000000.25", "-1", 1) + `"REQUEST_PING"}`, "timestamp not positive"},
		"a timestamp of text":          {strings.Replace(asks, "1600000000.25", `"1"`, 1) + `"REQUEST_PING"}`, "could not understand timestamp"},
		"a timestamp out of all":       {strings.Replace(asks, "1600000000.25", "1e999999999", 1) + `"REQUEST_PING"}`, "could not understand timestamp"},
		"a timestamp of long":          {strings.Replace(asks, "1600000000.25", strings.Repeat("9", 39), 1) + `"REQUEST_PING"}`, "could not understand timestamp"},
		"no timestamp":                 {`{"protocol": "Moneysocket"}`, "could not understand timestamp"},
		"another protocol":             {strings.Replace(asks, "Money", "Funny", 1) + `"REQUEST_PING"}`, "unknown protocol"},
		"another case of a key":        {strings.Replace(asks, "request_name", "Request_Name", 1) + `"REQUEST_PING"}`, "unknown request_name"},
		"another class":                {strings.Replace(asks, `"REQUEST"`, `"ORDER"`, 1) + `"REQUEST_PING"}`, "not a known message"},
		"an unknown request":           {asks + `"REQUEST_OPINION"}`, "unknown name"},
		"a request as a notification":  {tells + `"REQUEST_PING"}`, "unknown name"},
		"no UUID":                      {strings.Replace(asks, uuid, "no", 1) + `"REQUEST_PING"}`, "invalid request_uuid"},
		"a UUID without dashes":        {strings.Replace(asks, uuid, strings.ReplaceAll(uuid, "-", ""), 1) + `"REQUEST_PING"}`, ""},
		"a UUID in braces":             {strings.Replace(asks, uuid, "{"+uuid+"}", 1) + `"REQUEST_PING"}`, ""},
		"no reference":                 {strings.Replace(tells, `"request_reference_uuid": null, `, "", 1) + `"NOTIFY_PONG"}`, "request_reference_uuid"},
		"msats":                        {asks + `"REQUEST_INVOICE", "msats": 2500}`, ""},
		"an unknown field":             {asks + `"REQUEST_INVOICE", "msats": 2500, "description": "x"}`, ""},
		"no msats":                     {asks + `"REQUEST_INVOICE"}`, "no msats included"},
		"msats 0":                      {asks + `"REQUEST_INVOICE", "msats": 0}`, "positive"},
		"msats below 0":                {asks + `"REQUEST_INVOICE", "msats": -1}`, "positive"},
		"msats 1.5":                    {asks + `"REQUEST_INVOICE", "msats": 1.5}`, "unknown msats type"},
		"msats 1e3":                    {asks + `"REQUEST_INVOICE", "msats": 1e3}`, "unknown msats type"},
		"msats of text":                {asks + `"REQUEST_INVOICE", "msats": "5"}`, "unknown msats type"},
		"msats true":                   {asks + `"REQUEST_INVOICE", "msats": true}`, "unknown msats type"},
		"all the money there is":       {asks + `"REQUEST_INVOICE", "msats": 2100000000000000000}`, ""},
		"more":                         {asks + `"REQUEST_INVOICE", "msats": 2100000000000000001}`, "more msats"},
		"more than a number holds":     {asks + `"REQUEST_INVOICE", "msats": 99999999999999999999}`, "more msats"},
		"of regtest":                   {asks + `"REQUEST_PAY", "bolt11": "lnbcrt1x"}`, ""},
		"an invoice in capitals":       {asks + `"REQUEST_PAY", "bolt11": "LNBC1X"}`, "doesn't look like a bolt11"},
		"an invoice of testnet":        {asks + `"REQUEST_PAY", "bolt11": "lntb1x"}`, "doesn't look like a bolt11"},
		"a preimage":                   {tells + `"NOTIFY_PREIMAGE", "preimage": "` + sixty + `", "ext": null}`, ""},
		"ext of 4096":                  {tells + `"NOTIFY_PREIMAGE", "preimage": "` + sixty + `", "ext": "` + strings.Repeat("é", 4096) + `"}`, ""},
		"ext of 4097":                  {tells + `"NOTIFY_PREIMAGE", "preimage": "` + sixty + `", "ext": "` + strings.Repeat("é", 4097) + `"}`, "ext is larger"},
		"no ext":                       {tells + `"NOTIFY_PREIMAGE", "preimage": "` + sixty + `"}`, "no ext included"},
		"a short preimage":             {tells + `"NOTIFY_PREIMAGE", "preimage": "22", "ext": null}`, "not 256-bit"},
		"a preimage of no hex":         {tells + `"NOTIFY_PREIMAGE", "preimage": "` + strings.Replace(sixty, "2", "g", 1) + `", "ext": null}`, "not hex string"},
		"a wallet":                     {shows + wad + `}`, ""},
		"a wallet without a wad":       {shows + `null}`, ""},
		"a wad that is a list":         {shows + `[]}`, "wad must be a dictionary"},
		"a wad with a key less":        {shows + strings.Replace(wad, `"iso_num": null, `, "", 1) + `}`, "key set"},
		"a wad with a key more":        {shows + strings.Replace(wad, `{`, `{"more": 1, `, 1) + `}`, "key set"},
		"a wad of halves":              {shows + strings.Replace(wad, `"msats": 5`, `"msats": 5.5`, 1) + `}`, "unknown msats type"},
		"a wad below 0":                {shows + strings.Replace(wad, `"msats": 5`, `"msats": -5`, 1) + `}`, "positive"},
		"units below 0":                {shows + strings.Replace(wad, `"asset_units": 5`, `"asset_units": -5`, 1) + `}`, "asset_units"},
		"units out of all":             {shows + strings.Replace(wad, `"asset_units": 5`, `"asset_units": 1e99999999`, 1) + `}`, "asset_units"},
		"eleven decimals":              {shows + strings.Replace(wad, `"decimals": 0`, `"decimals": 11`, 1) + `}`, "decimals"},
		"a symbol of five":             {shows + strings.Replace(wad, `\u20bf`, "₿₿₿₿₿", 1) + `}`, ""},
		"a symbol of six":              {shows + strings.Replace(wad, `\u20bf`, "₿₿₿₿₿₿", 1) + `}`, "symbol is too long"},
		"payer of 1":                   {strings.Replace(shows, `"payer": true`, `"payer": 1`, 1) + wad + `}`, "payer must be"},
		"no payee":                     {strings.Replace(shows, `"payee": false, `, "", 1) + wad + `}`, "no payee included"},
		"two objects":                  {asks + `"REQUEST_PING"}{}`, "not a JSON object"},
		"null":                         {"null", "not a JSON object"},
		"a surrogate that is alone":    {tells + `"NOTIFY_ERROR", "error_msg": "\ud800"}`, ""},
		"a rendezvous":                 {asks + `"REQUEST_RENDEZVOUS", "rendezvous_id": "` + sixty + `"}`, ""},
		"a rendezvous that is no hex":  {asks + `"REQUEST_RENDEZVOUS", "rendezvous_id": "x"}`, "rendezvous_id not hex"},
		"a rendezvous that is a list":  {asks + `"REQUEST_RENDEZVOUS", "rendezvous_id": []}`, "unknown rendezvous_id type"},
		"a rendezvous that is missing": {asks + `"REQUEST_RENDEZVOUS"}`, "no rendezvous_id included"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := moneysocket.ParseMessage([]byte(tt.text))
			if tt.err == "" && err != nil || tt.err != "" && (!errors.Is(err, moneysocket.ErrMessage) || !strings.Contains(err.Error(), tt.err)) {
				t.Fatalf("got %v, want %q", err, tt.err)
			}
			if err != nil {
				return
			}
			again, err := moneysocket.ParseMessage(m.Text())
			if err != nil || string(again.Text()) != string(m.Text()) {
				t.Errorf("again: %s, %v", again.Text(), err)
			}
		})
	}
}

func TestTextIsASCII(t *testing.T) {
	m := moneysocket.NewNotification(moneysocket.NotifyError, uuid)
	m.Error = "\"no\"\\\n\t\x00 ₿ 😀 \u007f"
	text := string(m.Text())
	if !strings.Contains(text, `"error_msg": "\"no\"\\\n\t\u0000 \u20bf \ud83d\ude00 \u007f"}`) {
		t.Errorf("got %s", text)
	}
	m.Time = time.Unix(1600000000, 0)
	if text = string(m.Text()); !strings.HasPrefix(text, `{"timestamp": 1600000000.0,`) {
		t.Errorf("got %s", text)
	}
}

func TestWads(t *testing.T) {
	five := 5
	for want, w := range map[string]moneysocket.Wad{
		"₿ 12345.678 sat": moneysocket.Bitcoin(12_345_678),
		"₿ 0.005 sat":     moneysocket.Bitcoin(5),
		"$ 1.23 USD":      moneysocket.Fiat(5, "1.2345", "USD", "$", 2),
		"¥ 2 JPY":         moneysocket.Fiat(5, "1.5", "JPY", "¥", 0),
		"77.00 X":         {Stable: true, Units: "77", Code: "X"},
		"0.00000 X":       {Stable: true, Units: "1e-7", Code: "X", Decimals: &five},
	} {
		if got := w.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		m := moneysocket.NewNotification(moneysocket.NotifyProvider, "")
		m.Account, m.Wad = uuid, &w
		again, err := moneysocket.ParseMessage(m.Text())
		if err != nil || again.Wad.String() != want || again.Wad.Msats != w.Msats {
			t.Errorf("%s again: got %+v, %v", want, again.Wad, err)
		}
	}
}
