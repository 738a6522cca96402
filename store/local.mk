# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = store/store.h store/error.c store/keyring.c \
	store/slot.c \
	store/vault.h store/vault.c store/vault_cipher.c store/vault_file.c \
	store/vault_head.c store/vault_map.c store/vault_vfs.c
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(CRYPTO_CFLAGS) $(SODIUM_CFLAGS) $(KEYUTILS_CFLAGS)
STORE_LIBS = libstore.a $(FHIR_LIBS) $(SQLITE_LIBS) $(CRYPTO_LIBS) $(KEYUTILS_LIBS)
