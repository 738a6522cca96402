# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = store/store.h store/error.c store/keyring.c \
	store/slot.c \
	store/vault.h store/vault.c store/vault_cipher.c store/vault_file.c \
	store/vault_head.c store/vault_map.c store/vault_vfs.c \
	store/db.h store/db.c store/hash.c store/migrate.c store/open.c
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(CRYPTO_CFLAGS) $(SODIUM_CFLAGS) $(KEYUTILS_CFLAGS)
STORE_LIBS = libstore.a $(FHIR_LIBS) $(SQLITE_LIBS) $(CRYPTO_LIBS) $(KEYUTILS_LIBS)

# The migrations, in order, as C strings.
store_schema = store/schema/001.sql
EXTRA_DIST += $(store_schema)
BUILT_SOURCES += store/schema.inc
CLEANFILES += store/schema.inc
store/libstore_a-migrate.$(OBJEXT): store/schema.inc
store/schema.inc: $(store_schema)
	$(AM_V_GEN)$(MKDIR_P) store && for sql in $(store_schema); do \
		test -f $$sql || sql=$(srcdir)/$$sql; \
		sed -e 's/--.*//' -e 's/\\/\\\\/g' -e 's/"/\\"/g' \
			-e 's/^/"/' -e 's/$$/\\n"/' $$sql; \
		echo ','; \
	done > $@.tmp && mv $@.tmp $@
