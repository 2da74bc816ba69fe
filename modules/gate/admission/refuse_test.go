package admission

import (
	"testing"

	"gatehouse/modules/portaltest"
	"gatehouse/policy"
)

// What the acts of an application refuse by themselves.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	f := open(t)
	wrong := func(err error, want string) { t.Helper(); portaltest.Wrong(t, err, want) }
	wrong(f.Admission.check(&Content{Communities: []string{"hehua", "nowhere"}}), "communities:schema.not_an_option")
	wrong(f.Admission.check(&Content{Communities: []string{"hehua"}, Start: "2026-05-02", End: "2026-05-01"}), "end:application.end_before_start")
	if err := f.Admission.check(&Content{Communities: []string{"hehua"}, Start: "2026-05-02", End: "2026-05-02"}); err != nil {
		t.Error(err)
	}
	a := &Application{}
	a.Communities = []string{"hehua", "yinxing"}
	s := portaltest.Step("answer", "head.hehua")
	wrong(answer(a, &answerForm{Community: "tielu", Opinion: "agree"}, s), "community:application.not_consulted")
	wrong(answer(a, &answerForm{Community: "hehua", Opinion: "conditions"}, s), "conditions:schema.required")
	a.Answers = []Answer{{Community: "hehua", Opinion: "agree"}}
	wrong(answer(a, &answerForm{Community: "hehua", Opinion: "agree"}, s), "application.answered")
	wrong(f.Admission.consent(a, &consentForm{Street: "wanghai", Given: "yes"}, s), "street:application.not_consulted")
	wrong(approve(a, &approveForm{Minutes: "x", Communities: []string{"hehua", "tielu"}}, s), "communities:application.not_applied_for")
}

// Four eyes: who drafted an application does not judge it, whatever else they are.
func TestNobodyJudgesTheOwnApplication(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.Person("both", policy.Appointment{Role: "dept_clerk", Place: portaltest.District, Department: "fire"}, policy.Appointment{Role: "office_staff", Place: portaltest.District})
	a := f.open("both", good())
	a = f.do(a, "head.fire", "submit", nil)
	portaltest.Refused(t, f.try(a, "both", "accept", nil), "APD13")
	f.do(a, "office.a", "accept", nil)
}
