package contracts

import (
	"testing"

	"gatehouse/modules/portaltest"
)

func TestAtRefuses(t *testing.T) {
	t.Parallel()
	_, err := (&Contract{}).at("tielu")
	portaltest.Wrong(t, err, "community:schema.not_an_option")
}
