package app

import (
	"testing"

	"gatehouse/modules/portaltest"
)

// TestFirstSteps: who sets up an empty portal is told what to do next.
// From ring 2 on.
func TestFirstSteps(t *testing.T) {
	t.Parallel()
	portaltest.FromRing(t, 2)
	p := empty(t)
	v := visit(t, p).as("")
	v.open("/")
	v.fill("code", p.People.SetupCode(), "city_code", "yunting", "city_name_hans", "云汀市", "district_code", "jiangxin", "district_name_hans", "江心区",
		"name", "首任管理员", "login", "chief", "new_password", "a-long-quiet-river-2026")
	v.submit()
	v.sees("开通门户的头几步", "登记街道和社区", "登记部门", "登记人员和任职", "载入事项清单")
	v.shot("steps")
	v.press("载入事项清单")
	v.sees("还没有清单")
	v.shot("no-lists")
}
