package people

import "strings"

// A browser says who it is in a long line that also names others; the first
// mark found is the one that means it.
var (
	browsers = [][2]string{{"MicroMessenger", "WeChat"}, {"DingTalk", "DingTalk"}, {"HuaweiBrowser", "Huawei Browser"}, {"MiuiBrowser", "Mi Browser"}, {"QQBrowser", "QQ Browser"},
		{"UCBrowser", "UC"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}}
	systems = [][2]string{{"OpenHarmony", "HarmonyOS"}, {"HarmonyOS", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}}
)

// device says in a few words what a session was opened with; what is not
// known is shown as it came.
func device(agent string) string {
	find := func(marks [][2]string) string {
		for _, m := range marks {
			if strings.Contains(agent, m[0]) {
				return m[1]
			}
		}
		return ""
	}
	b, s := find(browsers), find(systems)
	switch {
	case b == "" && s == "":
		return agent
	case b == "" || s == "":
		return b + s
	}
	return b + " · " + s
}
