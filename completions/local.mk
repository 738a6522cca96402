# SPDX-License-Identifier: Apache-2.0
# Where Debian's shells look. The bash file is named after the program there.
bashcompdir = $(datadir)/bash-completion/completions
zshcompdir = $(datadir)/zsh/site-functions
fishcompdir = $(datadir)/fish/vendor_completions.d
dist_zshcomp_DATA = completions/_qingnang
dist_fishcomp_DATA = completions/qingnang.fish
EXTRA_DIST += completions/qingnang.bash

install-data-hook: install-po
	$(MKDIR_P) '$(DESTDIR)$(bashcompdir)'
	$(INSTALL_DATA) $(srcdir)/completions/qingnang.bash \
		'$(DESTDIR)$(bashcompdir)/qingnang'

uninstall-hook: uninstall-po
	-rmdir '$(DESTDIR)$(themesdir)' '$(DESTDIR)$(rulesdir)' '$(DESTDIR)$(pkgdatadir)' 2>/dev/null || :
	rm -f '$(DESTDIR)$(bashcompdir)/qingnang'
