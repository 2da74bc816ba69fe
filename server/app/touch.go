package app

import (
	"context"

	"gatehouse/modules/portal"
	"gatehouse/modules/street/certificates"
	"gatehouse/modules/street/ledgers"
	"gatehouse/modules/street/plaques"
	"gatehouse/modules/street/windows"
)

// openTouch opens the modules of the burden that one can touch: what hangs on
// the wall, who sits at the window, what is filled in, what is stamped.
func (m *Modules) openTouch(ctx context.Context, h *portal.Portal) (err error) {
	if m.Windows, err = windows.New(ctx, h, m.Items); err != nil {
		return err
	}
	if m.Plaques, err = plaques.New(ctx, h, m.Items, m.Windows); err != nil {
		return err
	}
	if m.Ledgers, err = ledgers.New(ctx, h, m.Items); err != nil {
		return err
	}
	if m.Certificates, err = certificates.New(ctx, h, certificates.Asks{District: m.Directory.Districts}); err != nil {
		return err
	}
	m.all = append(m.all, m.Certificates.Module())
	return nil
}
