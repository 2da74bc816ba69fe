package contracts

import (
	"testing"

	"gatehouse/modules/housetest"
)

func TestAtRefuses(t *testing.T) {
	t.Parallel()
	_, err := (&Contract{}).at("tielu")
	housetest.Wrong(t, err, "community:schema.not_an_option")
}
