# SPDX-License-Identifier: Apache-2.0
# Message catalogues. po/locale/LANG/LC_MESSAGES/ in the build tree has the shape
# of the installed one, so that the programs find their words in both.
PO_LANGUAGES = zh_CN
PO_FILES = po/zh_CN.po
PO_CATALOGUES = po/locale/zh_CN/LC_MESSAGES/qingnang.mo
EXTRA_DIST += $(PO_FILES)
CLEANFILES += $(PO_CATALOGUES)
XGETTEXT_FLAGS = --from-code=UTF-8 --language=C --keyword=_ --keyword=N_ \
	--keyword=NGETTEXT:1,2 --add-comments=TRANSLATORS --sort-by-file \
	--no-wrap --package-name=qingnang --copyright-holder='the authors'
all-local: $(PO_CATALOGUES)

po/locale/zh_CN/LC_MESSAGES/qingnang.mo: po/zh_CN.po
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
		$(MSGFMT) --check-format -o $@ $(srcdir)/po/zh_CN.po

# For translators: brings every catalogue up to the sources.
update-po:
	cd $(srcdir) && $(XGETTEXT) $(XGETTEXT_FLAGS) -o $(abs_builddir)/qingnang.pot \
		base/*.[ch] fhir/*.[ch] care/*.[ch] store/*.[ch] net/*.[ch] \
		tui/*.[ch] cli/*.[ch]
	for l in $(PO_LANGUAGES); do \
		$(MSGMERGE) --no-wrap --no-fuzzy-matching --update --backup=none \
			$(srcdir)/po/$$l.po qingnang.pot; \
	done
.PHONY: update-po
CLEANFILES += qingnang.pot

install-po: $(PO_CATALOGUES)
	for l in $(PO_LANGUAGES); do \
		$(MKDIR_P) '$(DESTDIR)$(localedir)'/$$l/LC_MESSAGES && \
		$(INSTALL_DATA) po/locale/$$l/LC_MESSAGES/qingnang.mo \
			'$(DESTDIR)$(localedir)'/$$l/LC_MESSAGES/qingnang.mo || exit 1; \
	done
uninstall-po:
	for l in $(PO_LANGUAGES); do \
		rm -f '$(DESTDIR)$(localedir)'/$$l/LC_MESSAGES/qingnang.mo; \
	done
.PHONY: install-po uninstall-po
