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
	if m.Plaques, err = plaques.New(ctx, h, plaques.Asks{Brief: m.Items.Brief, Part: m.Items.Part, Engage: m.Items.Engage, Decided: m.plaqueOf,
		WindowOf: func(ctx context.Context, id string) (community, department, state string, err error) {
			w, err := m.Windows.About(ctx, id)
			if err != nil {
				return "", "", "", err
			}
			return w.Community, w.Department, w.State, nil
		}, Communities: m.Directory.Communities}); err != nil {
		return err
	}
	if m.Ledgers, err = ledgers.New(ctx, h, ledgers.Asks{Brief: m.Items.Brief, Part: m.Items.Part, Kinds: m.kinds}); err != nil {
		return err
	}
	if m.Certificates, err = certificates.New(ctx, h, certificates.Asks{District: m.Directory.Districts}); err != nil {
		return err
	}
	m.all = append(m.all, m.Plaques.Module(), m.Certificates.Module())
	return nil
}

// plaqueOf tells where the decision on an item lets a plaque hang.
func (m *Modules) plaqueOf(ctx context.Context, item string) (string, error) {
	it, err := m.Items.Resource.Engine.Cases().Get(ctx, item)
	if err != nil {
		return "", err
	}
	return it.Plaque, nil
}
