package spending_test

import (
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
	"gatehouse/policy"
)

func fund(rows ...any) map[string]any {
	out := []map[string]any{}
	for i := 0; i < len(rows); i += 2 {
		out = append(out, map[string]any{"to": rows[i], "who": "某单位", "amount": rows[i+1]})
	}
	return map[string]any{"name": "平安创建专项", "department": "fire", "year": 2026, "total": 1000000, "allocations": out}
}

// R36: sixty per cent, exactly, have reached the grassroots when the year closes.
func TestR36SixtyPerCent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   map[string]any
		want string
	}{
		{"59.9999%", fund("community", 400000, "street", 199999, "department", 400001), "CMD1"},
		{"60%", fund("community", 400000, "street", 200000, "department", 400000), ""},
		{"what nobody was given has reached nobody", fund("community", 500000), "CMD1"},
		{"nothing at all", fund(), "CMD1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := house(t)
			d := f.Spending.Campaigns
			id := f.Sent(d, "clerk.fire", "", "draft", c.in)
			f.Sent(d, "finance", id, "approve", map[string]any{"approval": "财预〔2026〕3号"})
			_, err := f.do(d, "head.fire", id, "close", nil)
			if c.want == "" {
				portaltest.Refused(t, err, "CMD2") // the year is running
			}
			f.Pass(300 * 24 * time.Hour)
			_, err = f.do(d, "head.fire", id, "close", nil)
			if c.want == "" {
				f.must(err)
				return
			}
			portaltest.Refused(t, err, c.want)
			f.Sent(d, "clerk.fire", id, "allocate", map[string]any{"allocations": []map[string]any{{"to": "community", "who": "荷花社区", "amount": 600000}}})
			f.Sent(d, "finance", id, "close", nil)
		})
	}
}

func TestCampaignGates(t *testing.T) {
	t.Parallel()
	f := house(t)
	d := f.Spending.Campaigns
	_, err := f.do(d, "clerk.fire", "", "draft", fund("community", 1000001))
	portaltest.Refused(t, err, "invalid")
	_, err = f.do(d, "clerk.health", "", "draft", fund())
	portaltest.Refused(t, err, "policy.role")
	id := f.Sent(d, "clerk.fire", "", "draft", fund("community", 700000))
	_, err = f.do(d, "head.fire", id, "approve", map[string]any{"approval": "x"})
	portaltest.Refused(t, err, "policy.role")
	f.Person("both", policy.Appointment{Role: "finance", Place: portaltest.District}, policy.Appointment{Role: "dept_clerk", Place: portaltest.District, Department: "fire"})
	_, err = f.do(d, "both", id, "approve", map[string]any{"approval": "x"})
	portaltest.Refused(t, err, "CMD3")
	f.Index.PutPlace("next", portaltest.City)
	f.Person("finance.next", policy.Appointment{Role: "finance", Place: "next"})
	if _, err := f.do(d, "finance.next", id, "approve", map[string]any{"approval": "x"}); err == nil {
		t.Error("the finance bureau of another district approved")
	}
	if ts, err := d.Engine.Tasks(f.ctx, portaltest.As("finance"), 5); err != nil || len(ts) != 1 {
		t.Errorf("it does not wait for the finance bureau: %d %v", len(ts), err)
	}
	app := f.App()
	if code, _ := f.Ask(app, "", "/campaigns/"+id, ""); code != 404 {
		t.Errorf("a draft is public: %d", code)
	}
	f.Sent(d, "finance", id, "approve", map[string]any{"approval": "财预〔2026〕3号"})
	if code, body := f.Ask(app, "", "/campaigns/"+id, ""); code != 200 || !strings.Contains(body, "70.0%") {
		t.Errorf("%d", code)
	}
	if code, body := f.Ask(app, "clerk.fire", "/campaigns/"+id+"/allocate", ""); code != 200 || !strings.Contains(body, "7000") {
		t.Errorf("the form does not start with what there is: %d", code)
	}
}
