package spending

import (
	"testing"

	"gatehouse/modules/portaltest"
)

// What uses and refunds refuse by themselves.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	s := portaltest.Step("record", "head.hehua")
	portaltest.Wrong(t, (&Spending{}).record(&Use{}, &Expense{Account: "nobody's"}, s), "account:schema.not_an_option")
	portaltest.Wrong(t, (&Spending{}).openRefund(&Refund{}, &refundForm{Account: "nobody's"}, s), "account:schema.not_an_option")
	portaltest.Wrong(t, payBack(&Refund{}, &Transfer{Voucher: "V", PaidOn: "2026-03-10"}, s), "paid_on:payment.paid_in_future")
	if err := payBack(&Refund{}, &Transfer{Voucher: "V", PaidOn: "2026-03-09"}, s); err != nil {
		t.Error(err)
	}
}

// R49: whose account it is decides who pays back.
func TestStreetAccount(t *testing.T) {
	t.Parallel()
	facts := (&Spending{}).refundKind().Table.Facts
	s := portaltest.Step("pay_back", "head.hehua")
	if got := portaltest.Facts(facts(&Refund{Account: "street:liuxi:fire"}, s)); got[0] != "street_account" {
		t.Error(got)
	}
	if got := portaltest.Facts(facts(&Refund{Account: "community:hehua:fire"}, s)); got[0] != "" {
		t.Error(got)
	}
}
