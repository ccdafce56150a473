package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// Speeds are how fast a payment on the chain shall be mined.
var Speeds = []string{"slow", "normal", "fast"}

// quote asks the node what the fee may be, and agrees to half as much again:
// the coins of the wallet may have changed when the code comes.
func (s *Service) quote(ctx context.Context, d *paymentorder.Draft, balance amount.Msat, all bool) error {
	if d.Speed == "" {
		d.Speed = "normal"
	}
	rate, err := chain.FeeRateFor(ctx, s.Chain, d.Speed)
	if err != nil {
		return ChainFault(err)
	}
	d.FeeRate = int64(rate)
	ask := d.Amount
	if all { // the fee hangs on the coins, hardly on the amount
		ask = max(balance-balance/10, s.Policy.MinPayment)
	}
	if ask%amount.Sat != 0 {
		if !all {
			return ErrWholeSat.With(fault.Args{"amount": int64(d.Amount)})
		}
		ask -= ask % amount.Sat
	}
	if err := s.payable(ask, balance, all); err != nil {
		return err
	}
	fee, err := s.Chain.Quote(ctx, []chain.Output{{Address: d.ToAddress, Amount: ask}}, rate)
	if err != nil {
		return ChainFault(err)
	}
	d.FeeLimit = (fee + fee/2).CeilSat()
	if all {
		d.Amount = (balance - d.FeeLimit) / amount.Sat * amount.Sat
		if d.Amount < s.Policy.MinPayment {
			return short(balance, s.Policy.MinPayment+d.FeeLimit)
		}
	}
	return nil
}

// payable is the fault of an amount of which the node need not be asked.
func (s *Service) payable(ask, balance amount.Msat, all bool) error {
	switch {
	case ask < s.Policy.MinPayment:
		return ErrTooSmall.With(fault.Args{"minimum": int64(s.Policy.MinPayment)})
	case !all && ask > balance:
		return short(balance, ask)
	case !all && ask > s.Policy.Limits.Payment:
		return paymentorder.ErrPaymentLimit.With(fault.Args{"limit": int64(s.Policy.Limits.Payment)})
	}
	return nil
}

// short is the fault of who has less than it takes.
func short(balance, total amount.Msat) error {
	return paymentorder.ErrInsufficientFunds.With(fault.Args{"balance": int64(balance), "total": int64(total)})
}

// Rates are what the network takes now, in sat per 1000 virtual bytes, by speed.
func (s *Service) Rates(ctx context.Context) (_ map[string]int64, err error) {
	defer DatabaseAway(&err)
	rates := map[string]int64{}
	for _, speed := range Speeds {
		rate, err := chain.FeeRateFor(ctx, s.Chain, speed)
		if err != nil {
			return nil, ChainFault(err)
		}
		rates[speed] = int64(rate)
	}
	return rates, nil
}
