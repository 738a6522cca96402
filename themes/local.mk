# SPDX-License-Identifier: Apache-2.0
themesdir = $(pkgdatadir)/themes
dist_themes_DATA = themes/dark.theme themes/light.theme \
	themes/high-contrast.theme themes/mono.theme
